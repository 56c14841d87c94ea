/** Rules of giving an effect up: for lasting slowness only, and never for what is not the machine's fault. */
import { describe, expect, it } from "vitest";
import { isPictureSlow, isSoundSlow, Patience } from "./pace";

/** A second in which so many pictures took so long each. */
function second(pictures: number, eachMs: number, cameraPerS = 25) {
  return { pictures, busyMs: pictures * eachMs, spanMs: 1000, cameraPerS };
}

/** The same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("pictures", () => {
  it("are quick enough when fifteen a second can be painted", () => {
    expect(isPictureSlow(second(25, 22))).toBe(false);
    expect(isPictureSlow(second(15, 66))).toBe(false);
    expect(isPictureSlow(second(14, 68))).toBe(true);
  });

  it("are slow when a busy worker gives back less than half of them", () => {
    expect(isPictureSlow(second(14, 60, 30))).toBe(true);
    expect(isPictureSlow(second(16, 60, 30))).toBe(false);
  });

  it("are not slow when the camera itself gives few, as in a dark room", () => {
    expect(isPictureSlow(second(8, 30))).toBe(false);
    expect(isPictureSlow(second(0, 0))).toBe(false);
  });

  it("are not slow because the machine slept", () => {
    expect(isPictureSlow({ pictures: 1, busyMs: 60_000, spanMs: 60_000, cameraPerS: 25 })).toBe(false);
  });

  it("that never come out of a busy worker are slow", () => {
    expect(isPictureSlow({ pictures: 0, busyMs: 1000, spanMs: 1000, cameraPerS: 25 })).toBe(true);
  });
});

describe("sound", () => {
  it("is slow when a tenth of it is missing", () => {
    expect(isSoundSlow({ soundMs: 995, spanMs: 1000 })).toBe(false);
    expect(isSoundSlow({ soundMs: 880, spanMs: 1000 })).toBe(true);
    expect(isSoundSlow({ soundMs: 100, spanMs: 30_000 })).toBe(false);
  });
});

describe("patience", () => {
  const over = (slow: readonly boolean[]) => {
    const patience = new Patience();
    return slow.findIndex((one) => patience.isOver(one));
  };

  it("ends at the third slow reading in a row", () => {
    expect(over([false, false, true, true, true])).toBe(4);
    expect(over([false, false, true, true, false, true, true])).toBe(-1);
  });

  it("does not count the readings while programs are being compiled", () => {
    expect(over([true, true, true, true, false])).toBe(-1);
  });

  it.each([1, 2, 3, 4, 5])("keeps a machine that is slow in one second of ten (seed %i)", (seed) => {
    const random = seeded(seed);
    const patience = new Patience();
    let wasSlow = false;
    for (let second = 0; second < 3600; second += 1) {
      // Hiccups do not follow one another.
      wasSlow = !wasSlow && random() < 0.1;
      expect(patience.isOver(wasSlow)).toBe(false);
    }
  });

  it.each([6, 7, 8, 9, 10])("ends within a minute where two seconds of three are slow (seed %i)", (seed) => {
    const random = seeded(seed);
    const patience = new Patience();
    let seconds = 0;
    while (!patience.isOver(random() < 2 / 3)) seconds += 1;
    expect(seconds).toBeLessThan(60);
  });
});
