/**
 * What must run in the oldest browser: the script and the page parts that say "use another browser" are
 * written in nothing newer than ECMAScript 5.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "acorn";
import { expect, it } from "vitest";

const read = (name: string) => readFileSync(path.resolve(import.meta.dirname, "..", name), "utf8");

it("is read by a browser of 2012", () => {
  expect(() => parse(read("public/old-browser.js"), { ecmaVersion: 5, sourceType: "script" })).not.toThrow();
});

it("is loaded as a plain script, before any module", () => {
  const page = read("index.html");
  expect(page).toContain('<script src="/old-browser.js"></script>');
  expect(page.indexOf("/old-browser.js")).toBeLessThan(page.indexOf('type="module"'));
});
