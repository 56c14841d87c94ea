/**
 * Puts the words for old browsers into index.html when the client is built or served: they must be
 * read without any script of ours. Used by vite.config.ts; the words stand in the locale files.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

type Words = { browser: Record<"title" | "text" | "computer" | "phone" | "code" | "no_script", string> };

function words(language: "vi" | "en"): Words["browser"] {
  const file = new URL(`../src/i18n/${language}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as Words).browser;
}

function card(language: "vi" | "en"): string {
  const { title, text, computer, phone, code } = words(language);
  const list = `<ul><li>${computer}</li><li>${phone}</li></ul>`;
  return `<div lang="${language}"><h1>${title}</h1><p>${text}</p>${list}<p><small>${code}</small></p></div>`;
}

export function oldBrowser(): Plugin {
  return {
    name: "diemcau-old-browser",
    transformIndexHtml: (html) =>
      html
        .replace(
          "<!-- old-browser -->",
          `<section id="old-browser" hidden>${card("vi")}${card("en")}</section>`,
        )
        .replace(
          "<!-- no-script -->",
          `<noscript><p lang="vi">${words("vi").no_script}</p><p lang="en">${words("en").no_script}</p></noscript>`,
        ),
  };
}
