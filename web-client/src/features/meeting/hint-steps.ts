/**
 * The first-use hints: which there are for this person, and which comes next. Pure; called by Hints.
 */
import type { Act } from "../../protocol/generated";
import type { ShortcutId } from "./shortcuts";

export type HintId = "microphone" | "hand" | "chat" | "shortcuts";

interface Hint {
  id: HintId;
  /** Keys that the sentence names. */
  shortcut: ShortcutId;
  /** Without this right there is nothing to hint at. */
  needs?: Act;
  /** Only for who has a keyboard. */
  isAboutKeys?: boolean;
}

const HINTS: readonly Hint[] = [
  { id: "microphone", shortcut: "microphone", needs: "send_sound" },
  { id: "hand", shortcut: "hand", needs: "raise_hand" },
  { id: "chat", shortcut: "chat", needs: "chat" },
  { id: "shortcuts", shortcut: "help", isAboutKeys: true },
];

/** The hints for somebody who may do `acts`, in order. */
export function hintsFor(acts: readonly Act[], hasKeyboard: boolean): readonly Hint[] {
  return HINTS.filter(
    (hint) => (hint.needs === undefined || acts.includes(hint.needs)) && (hasKeyboard || !hint.isAboutKeys),
  );
}
