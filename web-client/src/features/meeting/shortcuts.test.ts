/** Keys that count and keys that must not. */
import { expect, it } from "vitest";
import { type PressedKey, shortcutOf } from "./shortcuts";

function key(code: string, more: Partial<PressedKey> = {}): PressedKey {
  return {
    code,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    isComposing: false,
    keyCode: 0,
    ...more,
  };
}

it("goes by the place of the key, not by its letter", () => {
  expect(shortcutOf(key("KeyD", { ctrlKey: true }), false)).toBe("microphone");
  expect(shortcutOf(key("KeyE", { metaKey: true }), false)).toBe("camera");
});

it("ignores keys that an input method is composing with", () => {
  expect(shortcutOf(key("Space", { isComposing: true }), false)).toBeNull();
  expect(shortcutOf(key("KeyD", { ctrlKey: true, keyCode: 229 }), false)).toBeNull();
});

it("leaves space and question mark to text fields", () => {
  expect(shortcutOf(key("Space"), true)).toBeNull();
  expect(shortcutOf(key("Slash", { shiftKey: true }), true)).toBeNull();
  expect(shortcutOf(key("KeyD", { ctrlKey: true }), true)).toBe("microphone");
});

it("does not take combinations that mean something else", () => {
  expect(shortcutOf(key("KeyD", { ctrlKey: true, shiftKey: true }), false)).toBeNull();
  expect(shortcutOf(key("KeyD", { ctrlKey: true, altKey: true }), false)).toBeNull();
});
