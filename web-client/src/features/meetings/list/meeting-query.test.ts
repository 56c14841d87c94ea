/** The address of the list keeps what it is narrowed to. */
import { expect, it } from "vitest";
import { EVERYTHING, isNarrowed, queryOf, searchOf } from "./meeting-query";

it("comes back from the address as it went in", () => {
  const search = "q=giao+ban&from=2026-11-01&to=2026-11-30&state=planned&kind=lecture&mine=1&page=3";
  expect(searchOf(queryOf(search))).toBe(search);
  expect(searchOf(EVERYTHING)).toBe("");
});

it("takes the last day whole", () => {
  const { fromMs, toMs } = queryOf("from=2026-11-23&to=2026-11-23");
  expect((toMs ?? 0) - (fromMs ?? 0)).toBe(24 * 3600_000);
});

it("leaves out what it does not understand", () => {
  expect(queryOf("state=x&kind=y&page=-3&from=hôm nay&mine=yes")).toEqual(EVERYTHING);
});

it("is not narrowed by its page", () => {
  expect(isNarrowed({ ...EVERYTHING, page: 2 })).toBe(false);
  expect(isNarrowed({ ...EVERYTHING, mine: true })).toBe(true);
});
