/**
 * Puts words into pages that must be read without any script of ours: those for old browsers into
 * index.html, those for no network into offline.html. Used by vite.config.ts; the words stand in the
 * locale files.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

type Language = "vi" | "en";
type Words = {
  browser: Record<"title" | "text" | "computer" | "phone" | "code" | "no_script", string>;
  offline: Record<"title" | "text" | "retry", string>;
};

function words(language: Language): Words {
  const file = new URL(`../src/i18n/${language}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Words;
}

function oldBrowser(language: Language): string {
  const { title, text, computer, phone, code } = words(language).browser;
  const list = `<ul><li>${computer}</li><li>${phone}</li></ul>`;
  return `<div lang="${language}"><h1>${title}</h1><p>${text}</p>${list}<p><small>${code}</small></p></div>`;
}

/** The empty address asks for the very page that could not be fetched. */
function offline(): string {
  const [vi, en] = [words("vi").offline, words("en").offline];
  return (
    `<main><img src="/icon-192.png" alt="" /><h1>${vi.title}</h1><p>${vi.text}</p>` +
    `<p lang="en">${en.title}. ${en.text}</p><a href="">${vi.retry} · ${en.retry}</a></main>`
  );
}

function noScript(language: Language): string {
  return `<p lang="${language}">${words(language).browser.no_script}</p>`;
}

export function staticWords(): Plugin {
  return {
    name: "diemcau-static-words",
    transformIndexHtml: (html) =>
      html
        .replace("<!-- offline -->", offline())
        .replace(
          "<!-- old-browser -->",
          `<section id="old-browser" hidden>${oldBrowser("vi")}${oldBrowser("en")}</section>`,
        )
        .replace("<!-- no-script -->", `<noscript>${noScript("vi")}${noScript("en")}</noscript>`),
  };
}
