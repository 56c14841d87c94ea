/**
 * The keys of the roll call: one for each result, and the ways on. Bound by place (`event.code`), because
 * Vietnamese typing tools rewrite letters and digits. Pure.
 */
import type { SiteResult } from "../../../protocol/generated";
import type { PressedKey } from "../shortcuts";

/** In the order of the keys 1 to 4. */
export const RESULTS: readonly SiteResult[] = ["present", "no_sound", "no_picture", "absent"];

export type RollAct =
  | { act: "mark"; result: SiteResult }
  | { act: "again" | "back" | "next" | "note" | "people" | "pause" };

const ACTS: Readonly<Record<string, Exclude<RollAct["act"], "mark">>> = {
  KeyR: "again",
  ArrowLeft: "back",
  Space: "next",
  KeyN: "note",
  KeyS: "people",
  KeyP: "pause",
};

/** For the list of all keys: what stands on each, and the key of its words. */
export const ROLL_KEYS = [
  { keys: "1 – 4", words: "roll.results" },
  { keys: "R", words: "roll.again" },
  { keys: "←", words: "roll.back" },
  { keys: null, words: "roll.next" },
  { keys: "S", words: "roll.people" },
  { keys: "N", words: "roll.note" },
  { keys: "P", words: "roll.pause_or_resume" },
] as const;

const COMPOSING_KEY_CODE = 229;

/** What `key` means; nothing while something is typed or a combination is pressed. */
export function rollActOf(key: PressedKey, isTyping: boolean): RollAct | null {
  const isCombined = key.ctrlKey || key.metaKey || key.altKey || key.shiftKey;
  if (isTyping || isCombined || key.isComposing || key.keyCode === COMPOSING_KEY_CODE) return null;
  const digit = /^(?:Digit|Numpad)([1-4])$/u.exec(key.code)?.[1];
  const result = digit === undefined ? undefined : RESULTS[Number(digit) - 1];
  if (result !== undefined) return { act: "mark", result };
  const act = ACTS[key.code];
  return act === undefined ? null : { act };
}
