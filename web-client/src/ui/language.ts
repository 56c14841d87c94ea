/**
 * The language on screen and the way to change it. Provided by App.tsx, read by page frames.
 */
import { createContext, useContext } from "react";

export interface LanguageChoice {
  language: "vi" | "en";
  choose: (language: "vi" | "en") => void;
}

export const LanguageContext = createContext<LanguageChoice>({ language: "vi", choose: () => undefined });

export function useLanguage(): LanguageChoice {
  return useContext(LanguageContext);
}
