/** Rules of the first-use hints: only what the person may do, and no keys where there is no keyboard. */
import { expect, it } from "vitest";
import { hintsFor } from "./hint-steps";

it("names microphone, hand, chat and the list of shortcuts to a delegate at a desk", () => {
  const hints = hintsFor(["send_sound", "raise_hand", "chat"], true);
  expect(hints.map((hint) => hint.id)).toEqual(["microphone", "hand", "chat", "shortcuts"]);
});

it("speaks of no microphone to a listener and of no keys on a phone", () => {
  expect(hintsFor(["raise_hand", "chat"], false).map((hint) => hint.id)).toEqual(["hand", "chat"]);
});
