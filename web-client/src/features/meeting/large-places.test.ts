/** Room for the large picture on the screens that matter. */
import { expect, it } from "vitest";
import { largePlaces } from "./large-places";

it("keeps at least 70 % of the width for content on an office laptop, with and without panel", () => {
  const closed = largePlaces(1334, 648, 8, 40);
  expect(closed.direction).toBe("column");
  expect(1334 - closed.tileWidth - 8).toBeGreaterThan(1334 * 0.7);
  expect(largePlaces(982, 648, 8, 40)).toMatchObject({ direction: "row", places: 5 });
});

it("fills a phone held upright with rows of two", () => {
  const { direction, places, largeHeight } = largePlaces(374, 724, 8, 40);
  expect(direction).toBe("rows");
  expect(largeHeight).toBe(250);
  expect(places).toBe(8);
});

it("has no more places than people", () => {
  expect(largePlaces(1334, 648, 1, 0).places).toBe(1);
  expect(largePlaces(982, 648, 2, 0).places).toBe(2);
});
