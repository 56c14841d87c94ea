/** Keys of the locale files as types, so that a missing word is a compile error. */
import type vi from "./vi.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof vi };
  }
}
