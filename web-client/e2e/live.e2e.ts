/**
 * The live stream: opened by the chair in the meeting, watched in another Chromium by a guest who sees the colours and
 * goes on seeing them after the recorder was killed; over when the chair closes it. A state secret stays inside.
 */
import { readdirSync, readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { ARTIFACTS_DIR, report } from "./harness/figures.ts";
import { button, createConference, joinAs, word } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

let server: Server;
let chair: Seat;
let viewer: Seat;

/** Screens that people have; pictures of each are kept. */
const SIZES = [
  [1366, 768],
  [1920, 1080],
  [390, 844],
] as const;

async function shots(page: Page, name: string): Promise<void> {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: `${ARTIFACTS_DIR}/live-${name}-${width}.png` });
  }
  await page.setViewportSize({ width: 1366, height: 768 });
}

async function until(what: string, condition: () => Promise<boolean>, limitMs = 60_000): Promise<number> {
  const began = performance.now();
  while (!(await condition())) {
    if (performance.now() - began > limitMs)
      throw new Error(`in vain: ${what}; ${JSON.stringify(await seen(viewer.page))}`);
    await viewer.page.waitForTimeout(100);
  }
  return Math.round(performance.now() - began);
}

/** Where the player is, and whether there is more than one colour in its picture. */
async function seen(page: Page): Promise<{ at: number; width: number; colours: number }> {
  return page.evaluate(() => {
    const video = document.querySelector("video");
    if (!video?.videoWidth) return { at: 0, width: 0, colours: 0 };
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [32, 18];
    const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
    pen.drawImage(video, 0, 0, 32, 18);
    const pixels = pen.getImageData(0, 0, 32, 18).data;
    const found = new Set<number>();
    for (let at = 0; at < pixels.length; at += 4) {
      const [red, green, blue] = [pixels[at], pixels[at + 1], pixels[at + 2]].map((it) => (it ?? 0) >> 5);
      found.add(((red ?? 0) << 6) | ((green ?? 0) << 3) | (blue ?? 0));
    }
    return { at: video.currentTime, width: video.videoWidth, colours: found.size };
  });
}

/** The recorder that this server has started. */
function recorder(): number {
  for (const entry of readdirSync("/proc").filter((it) => /^\d+$/.test(it))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      if (parent === server.pid && stat.includes("(diemcau-recorde")) return Number(entry);
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error("no recorder runs");
}

async function openDialog(page: Page, entry: string): Promise<void> {
  await button(page, "bar.more").click();
  await page.getByRole("menuitem", { name: word(entry) }).click();
}

beforeAll(async () => {
  server = await Server.start();
  const [first, second] = people;
  if (!first || !second) throw new Error("no people");
  chair = await openSeat(first);
  viewer = await openSeat(second);
});

afterAll(async () => {
  await chair?.close();
  await viewer?.close();
  await server?.stop();
});

test("chair opens it, a guest watches it, it goes on after the recorder was killed and ends with a word", async () => {
  const watching = viewer.page;
  await watching.goto(`${server.url}/live/demo`);
  await watching.getByLabel(word("lobby.your_name")).fill("Người xem");
  await shots(watching, "door");
  await button(watching, "live.watch").click();
  await watching.getByRole("heading", { name: word("live.closed_title") }).waitFor();
  await shots(watching, "closed");

  await joinAs(chair.page, server, "demo", "Chủ tịch", "chair", { microphone: true, camera: true });
  await openDialog(chair.page, "more.live");
  await shots(chair.page, "dialog-off");
  await button(chair.page, "live.open").click();
  await button(chair.page, "live.close").waitFor();
  const opened = performance.now();
  await shots(chair.page, "dialog-on");
  await chair.page.keyboard.press("Escape");
  await chair.page.getByText(word("live.mark"), { exact: true }).waitFor();

  await watching.locator("video").waitFor();
  await until("a picture of many colours", async () => {
    const { width, colours } = await seen(watching);
    return width === 1280 && colours > 5;
  });
  const first_ms = Math.round(performance.now() - opened);
  const from = (await seen(watching)).at;
  await until("five seconds of it", async () => (await seen(watching)).at > from + 5);
  await shots(watching, "playing");

  process.kill(recorder(), "SIGKILL");
  const before = (await seen(watching)).at;
  const back_ms = await until("ten seconds more", async () => (await seen(watching)).at > before + 10);
  expect(server.output).toContain("worker is gone");
  report("live stream", { first_ms, back_ms });

  await openDialog(chair.page, "more.live_now");
  await button(chair.page, "live.close").click();
  await watching.getByRole("heading", { name: word("live.ended_title") }).waitFor();
  await shots(watching, "ended");
}, 240_000);

test("state secret is not let out, and the chair is told why", async () => {
  const id = await createConference(server, "Họp kín", { secrecy: "state_secret" });
  const token = server.run("token", "--conference", id, "--name", "Thư ký", "--role", "secretary");
  const refused = await server.request("POST", `/api/v1/conferences/${id}/live`, undefined, {
    authorization: `Bearer ${token}`,
  });
  expect([refused.status, refused.json]).toEqual([409, { error: "not_now", why: "too_secret" }]);
  await joinAs(viewer.page, server, id, "Chủ tịch", "chair", { microphone: true, camera: true });
  await openDialog(viewer.page, "more.live");
  await viewer.page.getByText(word("live.secret_text")).waitFor();
  await shots(viewer.page, "secret");
}, 120_000);
