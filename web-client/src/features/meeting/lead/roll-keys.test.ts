/** Rules of the keys of the roll call. */
import { expect, it } from "vitest";
import { rollActOf } from "./roll-keys";

function key(code: string, part = {}) {
  return {
    code,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    isComposing: false,
    keyCode: 0,
    ...part,
  };
}

it("gives each result one key, on both rows of digits", () => {
  expect(["Digit1", "Digit2", "Numpad3", "Numpad4"].map((code) => rollActOf(key(code), false))).toEqual([
    { act: "mark", result: "present" },
    { act: "mark", result: "no_sound" },
    { act: "mark", result: "no_picture" },
    { act: "mark", result: "absent" },
  ]);
});

it("goes on, back and calls again", () => {
  expect(["Space", "ArrowLeft", "KeyR"].map((code) => rollActOf(key(code), false)?.act)).toEqual([
    "next",
    "back",
    "again",
  ]);
});

it("means nothing while a note is typed, composed, or with other keys held", () => {
  expect(rollActOf(key("Digit1"), true)).toBeNull();
  expect(rollActOf(key("Digit1", { isComposing: true }), false)).toBeNull();
  expect(rollActOf(key("Digit1", { keyCode: 229 }), false)).toBeNull();
  expect(rollActOf(key("KeyR", { ctrlKey: true }), false)).toBeNull();
  expect(rollActOf(key("Digit5"), false)).toBeNull();
});
