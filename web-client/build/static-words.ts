/**
 * Puts words into pages that must be read without any script of ours: those for old browsers into
 * index.html, those for no network into offline.html. Used by vite.config.ts; the words stand in the
 * locale files.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

type Language = "vi" | "en";
type Words = {
  action: Record<"reload", string>;
  browser: Record<
    "title" | "text" | "computer" | "phone" | "address" | "code" | "no_script_title" | "no_script",
    string
  >;
  offline: Record<"title" | "text" | "retry", string>;
};

function words(language: Language): Words {
  const file = new URL(`../src/i18n/${language}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Words;
}

/** Vietnamese first, as everywhere; whoever reads neither still finds the names of the browsers. */
function oldBrowser(): string {
  const [vi, en] = [words("vi").browser, words("en").browser];
  const say = (language: Language, level: 1 | 2) => {
    const { title, text, computer, phone } = words(language).browser;
    const list = `<ul><li>${computer}</li><li>${phone}</li></ul>`;
    return `<div lang="${language}"><h${level}>${title}</h${level}><p>${text}</p>${list}</div>`;
  };
  const address =
    `<p><label for="old-browser-address">${vi.address} · <span lang="en">${en.address}</span></label>` +
    `<input id="old-browser-address" readonly /></p>`;
  return (
    `<main id="old-browser" class="old-browser" hidden>${say("vi", 1)}${say("en", 2)}${address}` +
    `<p><small>${vi.code}</small></p></main>`
  );
}

/** The empty address asks for the very page that could not be fetched. */
function offline(): string {
  const [vi, en] = [words("vi").offline, words("en").offline];
  return (
    `<main><img src="/icon-192.png" alt="" /><h1>${vi.title}</h1><p>${vi.text}</p>` +
    `<p lang="en">${en.title}. ${en.text}</p><a href="">${vi.retry} · ${en.retry}</a></main>`
  );
}

function noScript(): string {
  const [vi, en] = [words("vi"), words("en")];
  return (
    `<noscript><link rel="stylesheet" href="/old-browser.css" /><main class="old-browser">` +
    `<h1>${vi.browser.no_script_title}</h1><p>${vi.browser.no_script}</p>` +
    `<h2 lang="en">${en.browser.no_script_title}</h2><p lang="en">${en.browser.no_script}</p>` +
    `<a href="">${vi.action.reload} · <span lang="en">${en.action.reload}</span></a></main></noscript>`
  );
}

export function staticWords(): Plugin {
  return {
    name: "diemcau-static-words",
    transformIndexHtml: (html) =>
      html
        .replace("<!-- offline -->", offline())
        .replace("<!-- old-browser -->", oldBrowser())
        .replace("<!-- no-script -->", noScript()),
  };
}
