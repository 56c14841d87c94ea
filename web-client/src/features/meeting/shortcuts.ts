/**
 * Every keyboard shortcut of the meeting, in one catalogue: binding, tooltip and help read it.
 *
 * Bound by the place of a key (`event.code`), because Vietnamese typing tools rewrite letters. Keys
 * pressed while such a tool is composing never count. Pure.
 */
import type { TFunction } from "i18next";

export type ShortcutId =
  | "microphone"
  | "camera"
  | "push_to_talk"
  | "hand"
  | "people"
  | "chat"
  | "layout"
  | "regions"
  | "help";

export interface Shortcut {
  id: ShortcutId;
  code: string;
  hasControl?: boolean;
  hasShift?: boolean;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { id: "microphone", code: "KeyD", hasControl: true },
  { id: "camera", code: "KeyE", hasControl: true },
  { id: "push_to_talk", code: "Space" },
  { id: "hand", code: "KeyH", hasControl: true, hasShift: true },
  { id: "people", code: "KeyP", hasControl: true, hasShift: true },
  { id: "chat", code: "KeyM", hasControl: true, hasShift: true },
  { id: "layout", code: "KeyL", hasControl: true, hasShift: true },
  { id: "regions", code: "F6" },
  { id: "help", code: "Slash", hasShift: true },
];

export interface PressedKey {
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  isComposing: boolean;
  keyCode: number;
}

/** Key code that browsers give while an input method is at work. */
const COMPOSING_KEY_CODE = 229;

/**
 * The shortcut that `key` means; `isTyping` when the focus is in a text field, where only
 * combinations with Ctrl count.
 */
export function shortcutOf(key: PressedKey, isTyping: boolean): ShortcutId | null {
  if (key.isComposing || key.keyCode === COMPOSING_KEY_CODE || key.altKey) return null;
  const hasControl = key.ctrlKey || key.metaKey;
  const found = SHORTCUTS.find(
    (shortcut) =>
      shortcut.code === key.code &&
      (shortcut.hasControl ?? false) === hasControl &&
      (shortcut.hasShift ?? false) === key.shiftKey,
  );
  if (!found) return null;
  const isPlain = !found.hasControl && found.code !== "F6";
  return isTyping && isPlain ? null : found.id;
}

/** "Ctrl + Shift + H", as it stands on the keys. */
export function keysOf(id: ShortcutId, t: TFunction): string {
  const shortcut = SHORTCUTS.find((one) => one.id === id);
  if (!shortcut) return "";
  if (id === "help") return "?";
  const key = shortcut.code === "Space" ? t("shortcuts.key_space") : shortcut.code.replace(/^Key/u, "");
  return [shortcut.hasControl ? "Ctrl" : "", shortcut.hasShift ? "Shift" : "", key]
    .filter(Boolean)
    .join(" + ");
}
