/** The rules of the stage: who stands where, and who must not move. */
import { describe, expect, it } from "vitest";
import { type Attending, arrange, frontRow, gridFor, noArrangement, pageOf, tilesPerPage } from "./arrange";

const SOMEBODY: Attending = { people: [], self: null, chairs: [], pinned: null, speaking: [], nowMs: 0 };

function arranged(...steps: Partial<Attending>[]) {
  return steps.reduce((at, step) => arrange(at, { ...SOMEBODY, ...step }), noArrangement());
}

describe("the order of tiles", () => {
  it("puts the chair first and oneself last", () => {
    expect(arranged({ people: [1, 2, 3, 4], self: 2, chairs: [4] }).order).toEqual([4, 1, 3, 2]);
  });

  it("keeps the pinned and the speaking tile in place when two people join", () => {
    const before = { people: [1, 2, 3], pinned: 2, speaking: [3] };
    const order = arranged(before, { ...before, people: [1, 2, 3, 7, 8], nowMs: 5000 }).order;
    expect(order).toEqual([1, 2, 3, 7, 8]);
  });

  it("does not change because somebody speaks", () => {
    const before = arranged({ people: [1, 2, 3, 4] });
    expect(arrange(before, { ...SOMEBODY, people: [1, 2, 3, 4], speaking: [4], nowMs: 9000 }).order).toEqual(
      before.order,
    );
  });

  it("keeps the place of somebody who left free until two seconds have passed", () => {
    const early = arranged({ people: [1, 2, 3, 4] }, { people: [1, 3, 4], nowMs: 500 });
    expect(early.order).toEqual([1, null, 3, 4]);
    expect(arrange(early, { ...SOMEBODY, people: [1, 3, 4], nowMs: 2500 }).order).toEqual([1, 4, 3]);
  });

  it("moves another tile when the last one is speaking", () => {
    const early = arranged({ people: [1, 2, 3, 4] }, { people: [1, 3, 4], nowMs: 500 });
    const closed = arrange(early, { ...SOMEBODY, people: [1, 3, 4], speaking: [4], nowMs: 2500 });
    expect(closed.order).toEqual([1, 3, 4]);
  });

  it("gives the free place to a newcomer", () => {
    const order = arranged(
      { people: [1, 2, 3] },
      { people: [1, 3], nowMs: 100 },
      { people: [1, 3, 9], nowMs: 200 },
    );
    expect(order.order).toEqual([1, 9, 3]);
  });

  it("closes at most one round of gaps every two seconds", () => {
    const start = { people: [1, 2, 3, 4, 5] };
    const once = arranged(start, { people: [1, 3, 4, 5], nowMs: 2000 });
    expect(once.order).toEqual([1, 5, 3, 4]);
    const soon = arrange(once, { ...SOMEBODY, people: [1, 5, 4], nowMs: 2400 });
    expect(soon.order).toEqual([1, 5, null, 4]);
    expect(arrange(soon, { ...SOMEBODY, people: [1, 5, 4], nowMs: 4000 }).order).toEqual([1, 5, 4]);
  });
});

describe("the large place", () => {
  it("goes to the speaker and stays while that one speaks", () => {
    const people = [1, 2, 3];
    const taken = arranged({ people, self: 1 }, { people, self: 1, speaking: [3], nowMs: 3000 });
    expect(taken.stage).toBe(3);
    const still = arrange(taken, { ...SOMEBODY, people, self: 1, speaking: [2, 3], nowMs: 9000 });
    expect(still.stage).toBe(3);
  });

  it("changes hands at most every two seconds", () => {
    const people = [1, 2, 3];
    const taken = arranged({ people, self: 1 }, { people, self: 1, speaking: [3], nowMs: 3000 });
    const early = arrange(taken, { ...SOMEBODY, people, self: 1, speaking: [2], nowMs: 4000 });
    expect(early.stage).toBe(3);
    expect(arrange(early, { ...SOMEBODY, people, self: 1, speaking: [2], nowMs: 5000 }).stage).toBe(2);
  });

  it("belongs to whoever is pinned", () => {
    const people = [1, 2, 3];
    expect(arranged({ people, pinned: 2, speaking: [3], self: 1 }).stage).toBe(2);
  });

  it("never shows oneself while somebody else is there", () => {
    expect(arranged({ people: [1, 2], self: 1, speaking: [1], nowMs: 100 }).stage).toBe(2);
    expect(arranged({ people: [1], self: 1 }).stage).toBe(1);
  });
});

describe("the front row", () => {
  it("keeps everybody who stays at the same place", () => {
    const people = [1, 2, 3, 4, 5, 6, 7];
    const before = frontRow([], { ...SOMEBODY, people, self: 1, stage: 2, places: 5 });
    expect(before).toEqual([3, 4, 5, 6, 1]);
    const next = frontRow(before, { ...SOMEBODY, people, self: 1, stage: 2, places: 5, speaking: [7] });
    expect(next).toEqual([3, 4, 5, 7, 1]);
  });
});

describe("the grid", () => {
  it("fits the largest 16:9 tiles", () => {
    expect(gridFor(9, 1140, 648, 8)).toMatchObject({ columns: 3, rows: 3 });
    expect(gridFor(2, 1334, 648, 8)).toMatchObject({ columns: 2, rows: 1 });
    expect(gridFor(2, 390, 600, 8)).toMatchObject({ columns: 1, rows: 2 });
  });

  it("never shows more than 25 tiles a page", () => {
    expect(tilesPerPage(277, 1888, 936, 8)).toBe(25);
  });

  it("makes more pages on a small screen instead of smaller tiles", () => {
    const perPage = tilesPerPage(26, 374, 600, 8);
    expect(gridFor(perPage, 374, 600, 8).tileWidth).toBeGreaterThanOrEqual(180);
  });

  it("numbers the people of a page", () => {
    const order = Array.from({ length: 26 }, (_, at) => at + 1);
    expect(pageOf(order, 25, 7)).toMatchObject({ at: 1, pages: 2, from: 26, to: 26, people: [26] });
  });
});
