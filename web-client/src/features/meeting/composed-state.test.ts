/** What stands in place of the composed picture, case by case. */
import { describe, expect, it } from "vitest";
import { composedState, isTrouble } from "./composed-state";

const NOTHING = { standing: null, hasTrack: false, isPaused: false, isResting: false };

describe("composed picture", () => {
  it("is being made until it comes, and is there with the first track", () => {
    expect(composedState(NOTHING)).toBe("making");
    expect(composedState({ ...NOTHING, standing: "shown" })).toBe("making");
    expect(composedState({ ...NOTHING, standing: "making", hasTrack: true })).toBe("shown");
  });

  it("says that it was lost although its last picture still stands", () => {
    expect(composedState({ ...NOTHING, standing: "lost", hasTrack: true })).toBe("lost");
  });

  it("names the reason of a refusal before anything about the link", () => {
    expect(composedState({ ...NOTHING, standing: "too_many", isPaused: true })).toBe("too_many");
    expect(composedState({ ...NOTHING, standing: "shown", isPaused: true })).toBe("paused");
    expect(composedState({ ...NOTHING, standing: "shown", hasTrack: true, isResting: true })).toBe("resting");
  });

  it("offers the way back where waiting helps nothing", () => {
    expect(isTrouble("no_mixer")).toBe(true);
    expect(isTrouble("lost")).toBe(false);
    expect(isTrouble("making")).toBe(false);
  });
});
