/**
 * The words of the client in Vietnamese (written first) and English.
 *
 * Called by main.tsx once, by the language switch, and by pages that are fetched when they are opened.
 * The locale files are the only place where text for people stands; both always hold the same keys
 * (locales.test.ts).
 */

import { words as first } from "virtual:words-first";
import i18next, { type i18n as I18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { fetched } from "../fetched";
import { isolated } from "./isolated";
import { setComponentLanguage } from "./react-aria-vi";

export type Language = "vi" | "en";

let current: I18n | undefined;

/** The first half of the Vietnamese words is part of the first load, English is fetched by who reads it. */
export async function createI18n(language: Language): Promise<I18n> {
  const instance = i18next.createInstance();
  current = instance;
  void instance.use(initReactI18next).init({
    lng: "vi",
    fallbackLng: "vi",
    resources: { vi: { translation: first } },
    // React escapes by itself; what has to be kept apart is the direction of a name.
    interpolation: { escapeValue: true, escape: isolated },
    initAsync: false,
  });
  await changeLanguage(instance, language);
  return instance;
}

/**
 * Fetches a page and, once, the half of the words that only such pages say. To be given to `lazy`.
 * Fails like the page itself when it does not come.
 */
export async function withWords<Page>(page: () => Promise<Page>): Promise<Page> {
  const [loaded, later] = await Promise.all([fetched(page), fetched(() => import("virtual:words-later"))]);
  current?.addResourceBundle("vi", "translation", later.words, true);
  return loaded;
}

/**
 * Changes the words, the page's `lang` and the built-in strings of the components. Stays with the
 * words that are there when the others do not come.
 */
export async function changeLanguage(instance: I18n, language: Language): Promise<void> {
  const words = language === "en" ? await fetched(() => import("./en.json")).catch(() => null) : null;
  if (words !== null) instance.addResourceBundle("en", "translation", words.default);
  const shown = language === "en" && words === null ? "vi" : language;
  document.documentElement.lang = shown;
  setComponentLanguage(shown);
  await instance.changeLanguage(shown);
}
