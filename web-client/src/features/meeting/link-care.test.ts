/** When a weak link is spoken of, when the pictures rest, and that the person has the last word. */
import { expect, it } from "vitest";
import {
  CALM_MS,
  chooseSaving,
  isWorthSaying,
  NO_CARE,
  REST_AFTER_MS,
  SAY_AFTER_MS,
  watchLink,
} from "./link-care";

it("says nothing of a short weakness and lets nothing rest", () => {
  const poor = watchLink(NO_CARE, true, 1000);
  expect(isWorthSaying(poor, 1000 + SAY_AFTER_MS - 1)).toBe(false);
  const good = watchLink(watchLink(poor, true, 1000 + REST_AFTER_MS - 1), false, 20_000);
  expect(good.saving).toBe("off");
  expect(good.poorSinceMs).toBeNull();
});

it("lets the pictures rest after a sustained weakness", () => {
  const poor = watchLink(NO_CARE, true, 0);
  expect(isWorthSaying(poor, SAY_AFTER_MS)).toBe(true);
  expect(watchLink(poor, true, REST_AFTER_MS).saving).toBe("automatic");
});

it("keeps the pictures resting when the link mends, so that they do not come and go", () => {
  const resting = watchLink(watchLink(NO_CARE, true, 0), true, REST_AFTER_MS);
  expect(watchLink(resting, false, REST_AFTER_MS + 1).saving).toBe("automatic");
});

it("does not take the pictures away again right after the person took them back", () => {
  const back = chooseSaving({ ...NO_CARE, saving: "automatic", poorSinceMs: 0 }, false, 50_000);
  const poor = watchLink(back, true, 50_000);
  expect(watchLink(poor, true, 50_000 + CALM_MS - 1).saving).toBe("off");
  expect(watchLink(poor, true, 50_000 + CALM_MS).saving).toBe("automatic");
});

it("rests at once when the person chooses so", () => {
  expect(chooseSaving(NO_CARE, true, 0).saving).toBe("chosen");
});
