/** Rules of the idle watch: warn in the last minute, never on an old reckoning, keep who types. */
import { describe, expect, it } from "vitest";
import { type HeardLife, nextStep } from "./idle-watch";

const heard: HeardLife = { life: { left_s: 300, idle_s: 300 }, atMs: 1000 };
const later = (seconds: number) => heard.atMs + seconds * 1000;

describe("the idle watch", () => {
  it("asks first", () => {
    expect(nextStep(null, 0, 0)).toEqual({ kind: "ask" });
  });

  it("waits while nobody does anything and the end is far", () => {
    expect(nextStep(heard, later(239), 600_000)).toEqual({ kind: "wait" });
  });

  it("tells the server once a minute that somebody types", () => {
    expect(nextStep(heard, later(59), 500)).toEqual({ kind: "wait" });
    expect(nextStep(heard, later(60), 500)).toEqual({ kind: "tell" });
  });

  it("asks anew before it warns: another page or a live call may have gone on", () => {
    expect(nextStep(heard, later(240), 600_000)).toEqual({ kind: "ask" });
    const fresh = { life: { left_s: 60, idle_s: 300 }, atMs: later(240) };
    expect(nextStep(fresh, later(240), 600_000)).toEqual({ kind: "warn", leftS: 60 });
    expect(nextStep(fresh, later(249), 600_000)).toEqual({ kind: "warn", leftS: 51 });
    expect(nextStep(fresh, later(250), 600_000)).toEqual({ kind: "ask" });
  });
});
