/** Rules for parts of the client that are fetched when they are needed. */
import { expect, it } from "vitest";
import { fetched } from "./fetched";

/** A part that comes after so many failures; what came of it and how often it was asked for. */
async function check(failures: number, failure: Error): Promise<string> {
  let asked = 0;
  const load = async () => {
    asked += 1;
    if (asked <= failures) throw failure;
    return "came";
  };
  const came = await fetched(load, [0, 0]).catch(() => "failed");
  return `${came} at try ${asked}`;
}

const BROKEN = new TypeError("Failed to fetch dynamically imported module");

it("asks again for a part whose way was broken off", async () => {
  expect(await check(0, BROKEN)).toBe("came at try 1");
  expect(await check(2, BROKEN)).toBe("came at try 3");
});

it("gives up in the end, so that the page can say so", async () => {
  expect(await check(9, BROKEN)).toBe("failed at try 3");
});

it("asks once for a part that came and does not work", async () => {
  expect(await check(1, new Error("Unable to preload CSS"))).toBe("failed at try 1");
});
