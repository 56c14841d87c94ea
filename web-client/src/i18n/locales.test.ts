/** Both languages say everything, with the same facts, and every code has its sentence. */
import { expect, it } from "vitest";
import { HTTP_REFUSAL_CODES, REFUSAL_CODES } from "../protocol/error-codes";
import { DEVICE_ERROR_CODES } from "../rtc/devices";
import en from "./en.json";
import vi from "./vi.json";

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, path = ""): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string" ? [[path + key, value] as const] : [...leaves(value, `${path}${key}.`)],
    ),
  );
}

const VI = leaves(vi);
const EN = leaves(en);

it("has the same keys in Vietnamese and English", () => {
  expect([...EN.keys()].sort()).toEqual([...VI.keys()].sort());
});

it("gives the same facts in both languages", () => {
  const facts = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();
  for (const [key, text] of VI) expect([key, facts(EN.get(key) ?? "")]).toEqual([key, facts(text)]);
});

it("leaves nothing empty and shouts nothing", () => {
  for (const text of [...VI.values(), ...EN.values()]) {
    expect(text.trim()).not.toBe("");
    expect(text).toBe(text.normalize("NFC"));
    expect(text).not.toMatch(/!/);
  }
});

it("has a sentence for every refusal and device error", () => {
  for (const code of REFUSAL_CODES) expect(VI.has(`refusal.${code}`), `refusal.${code}`).toBe(true);
  for (const code of HTTP_REFUSAL_CODES) expect(VI.has(`http.${code}`), `http.${code}`).toBe(true);
  for (const code of DEVICE_ERROR_CODES) expect(VI.has(`device_error.${code}`), code).toBe(true);
});
