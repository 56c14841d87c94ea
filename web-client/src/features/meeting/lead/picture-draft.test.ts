/** Dividing the composed picture: who keeps a seat, and what is asked of the server. */
import { describe, expect, it } from "vitest";
import type { Arrangements } from "../../../protocol/generated";
import { draftOf, requestsOf, withSeat, withTiling } from "./picture-draft";
import { TILINGS, tilesOf } from "./tilings";

const HN = { shows: "site", site: "hn01" } as const;
const DN = { shows: "site", site: "dn07" } as const;
const NOTHING: Arrangements = { groups: [] };

describe("layouts", () => {
  it.each(TILINGS)("%s has its tiles inside and none over another", (tiling) => {
    const tiles = tilesOf(tiling);
    for (const [at, one] of tiles.entries()) {
      expect(one.x >= -1e-9 && one.x + one.width <= 1 + 1e-9).toBe(true);
      expect(one.y >= -1e-9 && one.y + one.height <= 1 + 1e-9).toBe(true);
      for (const other of tiles.slice(at + 1)) {
        const apart =
          other.x >= one.x + one.width - 1e-9 ||
          other.x + other.width <= one.x + 1e-9 ||
          other.y >= one.y + one.height - 1e-9 ||
          other.y + other.height <= one.y + 1e-9;
        expect(apart).toBe(true);
      }
    }
  });

  it("have as many seats as the server says", () => {
    expect(TILINGS.map((it) => tilesOf(it).length)).toEqual([1, 2, 4, 6, 8, 4, 9, 16, 25, 5, 1]);
  });
});

describe("draft of a picture", () => {
  it("keeps seats that another layout has too, and none for a document", () => {
    const draft = withSeat(withSeat(draftOf(NOTHING, null), 0, HN), 3, DN);
    expect([...withTiling(draft, "one_and_one").seats.keys()]).toEqual([0]);
    expect([...withTiling(draft, "content_and_row").seats.keys()]).toEqual([3]);
    expect(withTiling(draft, null).seats.size).toBe(0);
  });

  it("moves who gets another seat, and frees one", () => {
    const moved = withSeat(withSeat(draftOf(NOTHING, null), 0, HN), 2, HN);
    expect([...moved.seats]).toEqual([[2, HN]]);
    expect(withSeat(moved, 2, null).seats.size).toBe(0);
  });

  it("asks for all, and goes back to the stage", () => {
    const draft = withSeat(withTiling(draftOf(NOTHING, null), "grid2"), 1, HN);
    const arrangement = { tiling: "grid2", seats: [{ seat: 1, ...HN }] };
    expect(requestsOf(NOTHING, null, draft)).toEqual([{ type: "arrange_picture", arrangement }]);
    const back = withTiling(draft, null);
    expect(requestsOf(NOTHING, null, back)).toEqual([{ type: "arrange_picture", arrangement: null }]);
  });

  it("lets a site go that was taken out of its group", () => {
    const arrangement = { tiling: "grid3", seats: [] } as const;
    const pictures: Arrangements = {
      groups: [{ sites: ["hn01", "dn07"], arrangement: { ...arrangement, seats: [] } }],
    };
    const draft = { ...draftOf(pictures, 0), sites: ["dn07"] };
    expect(requestsOf(pictures, 0, draft)).toEqual([
      { type: "arrange_picture", sites: ["hn01"], arrangement: null },
      { type: "arrange_picture", sites: ["dn07"], arrangement },
    ]);
  });
});
