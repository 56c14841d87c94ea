/**
 * The words of the client in Vietnamese (written first) and English.
 *
 * Called by main.tsx once and by the language switch. The locale files are the only place where
 * text for people stands; both always hold the same keys (locales.test.ts).
 */
import i18next, { type i18n as I18n } from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en.json";
import { setComponentLanguage } from "./react-aria-vi";
import vi from "./vi.json";

export type Language = "vi" | "en";

/** Ready to use at once: the locale files are part of the bundle. */
export function createI18n(language: Language): I18n {
  const instance = i18next.createInstance();
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: "vi",
    resources: { vi: { translation: vi }, en: { translation: en } },
    // React escapes by itself.
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  applyLanguage(language);
  return instance;
}

/** Changes the words, the page's `lang` and the built-in strings of the components. */
export function changeLanguage(instance: I18n, language: Language): void {
  void instance.changeLanguage(language);
  applyLanguage(language);
}

function applyLanguage(language: Language): void {
  document.documentElement.lang = language;
  setComponentLanguage(language);
}
