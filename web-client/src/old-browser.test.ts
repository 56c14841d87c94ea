/**
 * What must run in the oldest browser: the script and the page parts that say "use another browser" are
 * written in nothing newer than ECMAScript 5.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "acorn";
import { expect, it } from "vitest";

const read = (name: string) => readFileSync(path.resolve(import.meta.dirname, "..", name), "utf8");

const SCRIPTS = ["old-browser.js", "load-again.js"];

it.each(SCRIPTS)("%s is read by a browser of 2012", (name) => {
  expect(() => parse(read(`public/${name}`), { ecmaVersion: 5, sourceType: "script" })).not.toThrow();
});

it.each(SCRIPTS)("%s is loaded as a plain script, before any module", (name) => {
  const page = read("index.html");
  expect(page).toContain(`<script src="/${name}"></script>`);
  expect(page.indexOf(`/${name}`)).toBeLessThan(page.indexOf('type="module"'));
});
