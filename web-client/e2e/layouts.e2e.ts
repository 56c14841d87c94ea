/**
 * The composed picture in the browser: a viewer takes it instead of single pictures, and gets one picture over
 * the line; the chair divides it in another way, and a player by WHEP sees the colours where they belong.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { hold, huesOf, isNear, RASTER, sendColour } from "./harness/colours.ts";
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

/** Whether the left upper corner is of one sender and the right lower one of another, or the like. */
function isGrid(hues: readonly (number | null)[]): boolean {
  const at = (column: number, row: number) => hues[row * RASTER.columns + column];
  const [first, second] = [at(4, 3), at(24, 3)];
  // In a grid of four the first two lie beside each other in the upper half, and cards below.
  const isUpper = HUES.some((hue) => isNear(first, hue)) && HUES.some((hue) => isNear(second, hue));
  return isUpper && at(4, 14) === null && at(24, 14) === null;
}

test("chair picks a layout from its picture, and the composed picture follows", async () => {
  const { page } = viewer;
  await page.goto("about:blank");
  await joinAs(page, server, "demo", "Chủ trì", "chair", { camera: false, microphone: false });
  await choose(page, "layout.composed");
  await until("both colours side by side", async () => {
    const hues = await huesOf(page, COMPOSED);
    return HUES.every((hue) => hold(hues, hue)) && !isGrid(hues);
  });
  await button(page, "bar.lead").click();
  await button(page, "layout.composed").click();
  await page.getByRole("radio", { name: word("picture.grid2"), exact: true }).check({ force: true });
  // A player of its own sees the change at its own pace; the chair's page shows no picture behind the dialog.
  const token = server.run("token", "--conference", "demo", "--name", "Màn hình", "--role", "listener");
  const whep = `${server.url}/api/v1/conferences/demo/whep?picture=composed`;
  expect(await watchByWhep(senders.page, whep, token)).toBe(201);
  await until("the player's picture", async () => {
    const hues = await huesOf(senders.page, "#player");
    return HUES.every((hue) => hold(hues, hue));
  });
  const changed = seenFirst(senders.page, "#player");
  const pressed = await senders.page.evaluate(() => performance.timeOrigin + performance.now());
  await button(page, "chair.stage_save").click();
  const layout_ms = Math.round((await changed) - pressed);
  await until("the grid in the player", async () => isGrid(await huesOf(senders.page, "#player")));
  report("layout chosen by the chair", { layout_ms });
}, 180_000);

/** When the arrangement in this video has become a grid of four: its lower half without colour. */
async function seenFirst(page: Page, selector: string): Promise<number> {
  return page.evaluate(
    (selector) =>
      new Promise<number>((done) => {
        const shown = document.querySelector(selector) as HTMLVideoElement;
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [32, 18];
        const pen = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
        const colour = (x: number, y: number): number => {
          const [red = 0, green = 0, blue = 0] = pen.getImageData(x, y, 1, 1).data;
          return Math.max(red, green, blue) - Math.min(red, green, blue);
        };
        const look = (): void => {
          pen.drawImage(shown, 0, 0, 32, 18);
          const isUpper = colour(4, 2) > 100 && colour(24, 2) > 100;
          if (isUpper && colour(4, 14) < 100 && colour(24, 14) < 100) {
            done(performance.timeOrigin + performance.now());
          } else shown.requestVideoFrameCallback(look);
        };
        look();
      }),
    selector,
  );
}

async function watchByWhep(page: Page, url: string, token: string): Promise<number> {
  return page.evaluate(
    async ([url, token]) => {
      const peer = new RTCPeerConnection();
      peer.addTransceiver("video", { direction: "recvonly" });
      peer.addTransceiver("audio", { direction: "recvonly" });
      const shown = document.createElement("video");
      [shown.muted, shown.autoplay, shown.id] = [true, true, "player"];
      peer.ontrack = ({ track, streams }) => {
        if (track.kind !== "video") return;
        shown.srcObject = streams[0] ?? new MediaStream([track]);
        document.body.append(shown);
      };
      await peer.setLocalDescription(await peer.createOffer());
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/sdp" };
      const answer = await fetch(url, { method: "POST", headers, body: peer.localDescription?.sdp ?? "" });
      await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
      Object.assign(window, { player: peer });
      return answer.status;
    },
    [url, token] as const,
  );
}
