/** Every code that a person may be told about has a sentence in both languages. */
import { expect, it } from "vitest";
import en from "../i18n/en.json";
import vi from "../i18n/vi.json";
import { DEVICE_ERROR_CODES } from "../rtc/devices";
import { HTTP_REFUSAL_CODES, REFUSAL_CODES } from "./error-codes";

it.each([
  ["refusal", REFUSAL_CODES],
  ["http", HTTP_REFUSAL_CODES],
  ["device_error", DEVICE_ERROR_CODES],
] as const)("has sentences for every code of %s", (group, codes) => {
  for (const words of [vi, en]) expect(Object.keys(words[group])).toEqual(expect.arrayContaining([...codes]));
});
