/**
 * Cuts the Vietnamese words in two: `virtual:words-first`, what the lobby and everything before it says, and
 * `virtual:words-later`, what only pages say that are fetched when they are opened. The locale file itself
 * stays whole. Used by vite.config.ts and vitest.config.ts; src/i18n/first-words.test.ts keeps the list
 * right.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "vite";

/** Top-level keys that the first load goes without. */
export const LATER: ReadonlySet<string> = new Set([
  "account",
  "agenda",
  "answer",
  "bar",
  "ca",
  "calendar",
  "chair",
  "chat",
  "composed",
  "create",
  "deputy",
  "devices_dialog",
  "floor",
  "form",
  "guide",
  "hint",
  "home",
  "hooks",
  "import",
  "invite",
  "invited",
  "kind",
  "layout",
  "live",
  "login",
  "meeting",
  "meetings",
  "mini",
  "more",
  "nav",
  "network",
  "offline",
  "password_rule",
  "people",
  "picture",
  "plan",
  "reconnect",
  "report",
  "roll",
  "second_factor",
  "secrecy",
  "sheet",
  "shortcuts",
  "sites",
  "stage_set",
  "statistics",
  "tile",
  "today",
  "weak",
]);

const FILE = path.resolve(import.meta.dirname, "../src/i18n/vi.json");
/** Not a file: what Vite asks of nobody else begins with a zero byte. */
const INTERNAL = "\0";

export function splitWords(): Plugin {
  return {
    name: "diemcau-split-words",
    resolveId(id) {
      return id === "virtual:words-first" || id === "virtual:words-later" ? INTERNAL + id : null;
    },
    load(id) {
      if (!id.startsWith(`${INTERNAL}virtual:words-`)) return null;
      this.addWatchFile(FILE);
      const isLater = id.endsWith("-later");
      const words = Object.entries(JSON.parse(readFileSync(FILE, "utf8")) as Record<string, unknown>);
      const half = Object.fromEntries(words.filter(([key]) => LATER.has(key) === isLater));
      return `export const words = ${JSON.stringify(half)};`;
    },
  };
}
