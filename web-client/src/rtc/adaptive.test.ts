/** Rules of the wishes: as large as drawn, most important first, never more than 28. */
// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { drawnHeight, type ShownTile, sameWishes, TileWatch, wishesOf } from "./adaptive";

function tile(participant: number, part: Partial<ShownTile> = {}): ShownTile {
  return { participant, source: "camera", width: 320, height: 180, importance: 0, ...part };
}

describe("wishes", () => {
  it("ask for what is drawn, in physical pixels up to twice the size", () => {
    expect(drawnHeight(tile(1), 1)).toBe(180);
    expect(drawnHeight(tile(1), 2)).toBe(360);
    expect(drawnHeight(tile(1), 3)).toBe(360);
  });

  it("count the cut edges of a camera and the bars of a screen", () => {
    expect(drawnHeight(tile(1, { width: 640, height: 180 }), 1)).toBe(360);
    expect(drawnHeight(tile(1, { source: "screen", width: 640, height: 180 }), 1)).toBe(180);
    expect(drawnHeight(tile(1, { source: "screen", width: 320, height: 900 }), 1)).toBe(180);
  });

  it("do not change when the window changes by a few pixels", () => {
    const before = wishesOf([tile(1, { height: 171, width: 300 })], 1);
    const after = wishesOf([tile(1, { height: 176, width: 305 })], 1);
    expect(sameWishes(before, after)).toBe(true);
  });

  it("name each picture once, in the largest size in which it is shown", () => {
    const list = wishesOf([tile(7), tile(7, { width: 1280, height: 720, importance: 2 })], 1);
    expect(list).toEqual([{ participant: 7, source: "camera", height_px: 720 }]);
  });

  it("put the stage before the speaker and both before the grid", () => {
    const list = wishesOf(
      [
        tile(1),
        tile(2, { importance: 1 }),
        tile(3, { source: "screen", importance: 2 }),
        tile(4, { height: 360 }),
      ],
      1,
    );
    expect(list.map((wish) => wish.participant)).toEqual([3, 2, 4, 1]);
  });

  it("are at most 28, and the least important are left out", () => {
    const tiles = Array.from({ length: 40 }, (_, index) =>
      tile(index + 1, { importance: index === 39 ? 2 : 0 }),
    );
    const list = wishesOf(tiles, 1);
    expect(list).toHaveLength(28);
    expect(list[0]?.participant).toBe(40);
    expect(list.some((wish) => wish.participant === 39)).toBe(false);
  });

  it("leave out tiles that have no size yet", () => {
    expect(wishesOf([tile(1, { width: 0, height: 0 })], 1)).toEqual([]);
  });

  it("stay within what the protocol allows", () => {
    expect(drawnHeight(tile(1, { width: 90_000, height: 90_000 }), 2)).toBe(4320);
    expect(drawnHeight(tile(1, { width: 1, height: 1 }), 1)).toBe(20);
  });
});

describe("a page", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("that comes up in a tab behind others wishes nothing until it is looked at", () => {
    vi.useFakeTimers();
    const Observer = class {
      observe() {}
      unobserve() {}
      disconnect() {}
    };
    vi.stubGlobal("ResizeObserver", Observer);
    vi.stubGlobal("IntersectionObserver", Observer);
    const sight = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    const told: number[] = [];
    const watch = new TileWatch((wishes) => told.push(wishes.length));
    const element = document.createElement("div");
    vi.spyOn(element, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 320, 180));
    watch.watch(element, { participant: 1, source: "camera", importance: 0 });
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([]);
    sight.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([1]);
    watch.close();
  });
});
