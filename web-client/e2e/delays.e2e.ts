/**
 * How long people wait: from pressing "Vào họp" to the first remote picture, and from drawing a
 * picture to showing it on the other side (time code in the picture).
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { percentile, report } from "./harness/figures.ts";
import {
  button,
  chooseDevices,
  joinAsGuest,
  openLobbyAsGuest,
  pressJoin,
  waitFigures,
  waitInside,
  waitPictures,
} from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";
import { readDelays, SENDER_SCRIPT } from "./harness/time-code.ts";

const JOINS = 20;

let server: Server;
let sender: Seat;
let viewer: Seat;
const [first, second] = people as [(typeof people)[0], (typeof people)[0]];

beforeAll(async () => {
  server = await Server.start();
  sender = await openSeat(first, { initScript: SENDER_SCRIPT });
  viewer = await openSeat(second);
  await joinAsGuest(sender.page, server, "demo", first, { microphone: true, camera: true });
});

afterAll(async () => {
  await sender?.close();
  await viewer?.close();
  await server?.stop();
});

test("the first remote picture comes soon after join is pressed", async () => {
  const firstFrameMs: number[] = [];
  const steps: Record<string, number[]> = {};
  for (let round = 0; round < JOINS; round++) {
    if (round === 0) await openLobbyAsGuest(viewer.page, server, "demo", second);
    else await viewer.page.goto(`${server.url}/c/demo`);
    await chooseDevices(viewer.page, { microphone: false, camera: true });
    await pressJoin(viewer.page);
    await waitInside(viewer.page);
    const now = await waitFigures(
      viewer.page,
      "first remote picture",
      (one) => one.join.first_frame !== null,
    );
    firstFrameMs.push(now.join.first_frame as number);
    for (const [step, at] of Object.entries(now.join)) {
      steps[step] = [...(steps[step] ?? []), ...(at === null ? [] : [at])];
    }
    await button(viewer.page, "bar.leave").click();
    await button(viewer.page, "farewell.rejoin").waitFor();
  }
  report("join press to first remote picture", {
    joins: firstFrameMs.length,
    p50_ms: percentile(firstFrameMs, 0.5),
    p95_ms: percentile(firstFrameMs, 0.95),
    steps_p50_ms: Object.fromEntries(
      Object.entries(steps).map(([step, all]) => [step, percentile(all, 0.5)]),
    ),
  });
  expect(firstFrameMs).toHaveLength(JOINS);
}, 300_000);

test("a picture is shown soon after it was drawn", async () => {
  await viewer.page.goto(`${server.url}/c/demo`);
  await chooseDevices(viewer.page, { microphone: false, camera: false });
  await pressJoin(viewer.page);
  await waitInside(viewer.page);
  await waitPictures(viewer.page, 1);
  const { delaysMs, heights } = await viewer.page.evaluate(readDelays, 20);
  report("drawn to shown", {
    pictures: delaysMs.length,
    heights_px: heights,
    p50_ms: percentile(delaysMs, 0.5),
    p95_ms: percentile(delaysMs, 0.95),
  });
  expect(delaysMs.length).toBeGreaterThan(100);
}, 120_000);
