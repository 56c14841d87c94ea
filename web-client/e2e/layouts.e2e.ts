/**
 * The composed picture in the browser: a viewer takes it instead of single pictures, and gets one picture over
 * the line; told when its process ends.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { hold, huesOf, sendColour } from "./harness/colours.ts";
import { report } from "./harness/figures.ts";
import { button, joinAs, waitFigures, word } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const HUES = [120, 240] as const;
const COMPOSED = "[data-composed] video";

let server: Server;
let senders: Seat;
let viewer: Seat;

async function until(what: string, condition: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  while (!(await condition())) {
    if (performance.now() - began > 30_000) throw new Error(`in vain: ${what}`);
    await viewer.page.waitForTimeout(50);
  }
  return Math.round(performance.now() - began);
}

async function enter(page: Page): Promise<void> {
  await joinAs(page, server, "demo", "Máy yếu", "delegate", { camera: false, microphone: false });
}

async function choose(page: Page, key: string): Promise<void> {
  await button(page, "bar.layout").click();
  await page.getByRole("menuitem", { name: word(key) }).click();
}

beforeAll(async () => {
  server = await Server.start();
  const [first, second] = people;
  if (!first || !second) throw new Error("no people");
  senders = await openSeat({ ...first, camera: first.smallCamera });
  viewer = await openSeat({ ...second, camera: second.smallCamera });
  for (const [at, hue] of HUES.entries()) {
    const token = server.run(
      "token",
      "--conference",
      "demo",
      "--name",
      `Điểm cầu ${at + 1}`,
      "--role",
      "delegate",
    );
    const url = `${server.url}/api/v1/conferences/demo/whip`;
    expect(await sendColour(senders.page, url, token, hue)).toBe(201);
  }
});

afterAll(async () => {
  await viewer?.close();
  await senders?.close();
  await server?.stop();
});

test("viewer takes the composed picture instead of single ones, and goes back", async () => {
  const { page } = viewer;
  await enter(page);
  await until("single pictures", async () => (await page.locator("article video").count()) === 2);
  await choose(page, "layout.composed");
  const whole_ms = await until("both colours in one picture", async () => {
    const hues = await huesOf(page, COMPOSED);
    return HUES.every((hue) => hold(hues, hue));
  });
  await waitFigures(page, "one picture over the line", ({ pictures }) => pictures.length === 1);
  expect(await page.locator("article video").count()).toBe(0);
  await page.goto("about:blank");
  await enter(page);
  await until("it to be taken again on this device", async () => {
    const hues = await huesOf(page, COMPOSED);
    return HUES.every((hue) => hold(hues, hue));
  });
  await choose(page, "layout.grid");
  await until("single pictures again", async () => (await page.locator("article video").count()) === 2);
  report("composed picture in the browser", { whole_ms });
}, 180_000);
