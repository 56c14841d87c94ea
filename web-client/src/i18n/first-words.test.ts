/** What is fetched before a meeting says nothing whose words come later. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { LATER } from "../../build/split-words";
import vi from "./vi.json";

const SOURCE = path.resolve(import.meta.dirname, "..");
const IMPORT = /^(?:import|export)\s(?!type\b)(?:[^;]*?\sfrom\s+)?"(\.[^"]+)"/gmu;

/** Every file of ours that `entry` needs before it runs, by its static imports. */
function neededBy(entry: string): Map<string, string> {
  const needed = new Map<string, string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (needed.has(file)) continue;
    const text = readFileSync(file, "utf8");
    needed.set(file, text);
    for (const [, name] of text.matchAll(IMPORT)) {
      const place = path.resolve(path.dirname(file), name ?? "");
      const found = [`${place}.ts`, `${place}.tsx`, `${place}/index.ts`].find((one) => existsSync(one));
      if (found !== undefined) open.push(found);
    }
  }
  return needed;
}

it("leaves no word of the first load for later", () => {
  const files = neededBy(path.join(SOURCE, "main.tsx"));
  expect([...files.keys()].map((file) => path.relative(SOURCE, file))).toContain(
    "features/lobby/LobbyPage.tsx",
  );
  // Its types name events of web-hooks such as "meeting.planned", and no words of ours.
  files.delete(path.join(SOURCE, "protocol/generated.ts"));
  const early = [...files].flatMap(([file, text]) =>
    [...LATER].filter((key) => new RegExp(`["\`]${key}\\.`, "u").test(text)).map((key) => [file, key]),
  );
  expect(early).toEqual([]);
});

it("names only words that there are", () => {
  expect([...LATER].filter((key) => !(key in vi))).toEqual([]);
});
