/**
 * The words of the client in Vietnamese (written first) and English.
 *
 * Called by main.tsx once and by the language switch. The locale files are the only place where
 * text for people stands; both always hold the same keys (locales.test.ts).
 */
import i18next, { type i18n as I18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { isolated } from "./isolated";
import { setComponentLanguage } from "./react-aria-vi";
import vi from "./vi.json";

export type Language = "vi" | "en";

/** Vietnamese is part of the first load, English is fetched by who reads it. */
export async function createI18n(language: Language): Promise<I18n> {
  const instance = i18next.createInstance();
  void instance.use(initReactI18next).init({
    lng: "vi",
    fallbackLng: "vi",
    resources: { vi: { translation: vi } },
    // React escapes by itself; what has to be kept apart is the direction of a name.
    interpolation: { escapeValue: true, escape: isolated },
    initAsync: false,
  });
  await changeLanguage(instance, language);
  return instance;
}

/**
 * Changes the words, the page's `lang` and the built-in strings of the components. Stays with the
 * words that are there when the others do not come.
 */
export async function changeLanguage(instance: I18n, language: Language): Promise<void> {
  const words = language === "en" ? await import("./en.json").catch(() => null) : null;
  if (words !== null) instance.addResourceBundle("en", "translation", words.default);
  const shown = language === "en" && words === null ? "vi" : language;
  document.documentElement.lang = shown;
  setComponentLanguage(shown);
  await instance.changeLanguage(shown);
}
