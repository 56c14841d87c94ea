/**
 * Who comes late into a running meeting sees everybody at once and costs the senders next to nothing: key
 * frames are asked of each at most once in 300 ms, and what the server keeps of the last one is not asked for.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import {
  button,
  chooseDevices,
  joinAsGuest,
  openLobbyAsGuest,
  pressJoin,
  waitInside,
  waitPictures,
  word,
} from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const REQUEST_EVERY_MS = 300;
const DEVICES = { microphone: true, camera: true };
/** Times that pictures are switched off and on until one of them began from the kept group. */
const MOST_TURNS = 12;
const LATE = people[2] as (typeof people)[0];

let server: Server;
const seats: Seat[] = [];

beforeAll(async () => {
  server = await Server.start();
});

afterAll(async () => {
  await Promise.all(seats.map((seat) => seat.close()));
  await server?.stop();
});

/** Keeps the page's connections where the test can ask them how many pictures were decoded. */
const KEEP_CONNECTIONS = `
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) { super(...given); window.connections.push(this); }
  };`;

async function take(person: (typeof people)[0]): Promise<Seat> {
  const options = { initScript: KEEP_CONNECTIONS };
  const seat = await openSeat({ ...person, camera: person.smallCamera }, options);
  seats.push(seat);
  return seat;
}

/** Key frames asked of each participant so far, by his number. */
async function asked(): Promise<Map<string, number>> {
  const metrics = String((await server.request("GET", "/metrics?conference=demo")).json);
  const lines = metrics.matchAll(/^vc_leg_keyframe_requests_total{[^}]*participant="(\d+)"[^}]*} (\d+)/gm);
  return new Map([...lines].map((line) => [String(line[1]), Number(line[2])]));
}

/** Pictures that began from a kept key-frame group. */
async function replayed(): Promise<number> {
  const metrics = String((await server.request("GET", "/metrics")).json);
  const lines = metrics.matchAll(/^vc_media_keyframe_groups_replayed_total(?:{[^}]*})? (\d+)/gm);
  return [...lines].reduce((sum, line) => sum + Number(line[1]), 0);
}

interface Decoded {
  readonly frames: number;
  readonly lost: number;
  readonly plis: number;
  /** Sum of what every picture waited before it was decoded, and their number. */
  readonly waitedMs: number;
  readonly emitted: number;
}

/** What the page has decoded of all pictures so far. */
async function decoded(page: Page): Promise<Decoded> {
  return page.evaluate(async () => {
    const { connections } = window as unknown as { connections: RTCPeerConnection[] };
    const all = { frames: 0, lost: 0, plis: 0, waitedMs: 0, emitted: 0 };
    for (const connection of connections) {
      for (const stat of (await connection.getStats()).values()) {
        if (stat.type !== "inbound-rtp" || stat.kind !== "video") continue;
        all.frames += stat.framesDecoded ?? 0;
        all.lost += stat.packetsLost ?? 0;
        all.plis += stat.pliCount ?? 0;
        all.waitedMs += (stat.jitterBufferDelay ?? 0) * 1_000;
        all.emitted += stat.jitterBufferEmittedCount ?? 0;
      }
    }
    return all;
  });
}

/** How long pictures wait before they are decoded, over the next hundred of them. */
async function bufferMs(page: Page): Promise<number> {
  const before = await decoded(page);
  let after = before;
  await expect
    .poll(
      async () => {
        after = await decoded(page);
        return after.emitted - before.emitted;
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThanOrEqual(100);
  return Math.round((after.waitedMs - before.waitedMs) / (after.emitted - before.emitted));
}

test("a third official joins a meeting of two, sees both, and the senders make few key frames", async () => {
  for (const person of people.slice(0, 2)) {
    const seat = await take(person);
    await joinAsGuest(seat.page, server, "demo", person, DEVICES);
  }
  await Promise.all(seats.map((seat) => waitPictures(seat.page, 1)));

  const { page } = await take(LATE);
  await openLobbyAsGuest(page, server, "demo", LATE);
  await chooseDevices(page, DEVICES);
  const before = await asked();
  const began = performance.now();
  await pressJoin(page);
  await waitInside(page);
  const now = await waitPictures(page, 2);
  const elapsed = performance.now() - began;
  const after = await asked();

  const requests = [...before].map(([participant, count]) => (after.get(participant) ?? count) - count);
  expect(requests, "both senders are counted").toHaveLength(2);
  for (const count of requests) expect(count).toBeLessThanOrEqual(1 + Math.floor(elapsed / REQUEST_EVERY_MS));
  expect(now.pictures.map((picture) => picture.packetsLost)).toEqual([0, 0]);
  const { connected, first_frame } = now.join;
  report("late join", {
    aim: "the first picture as soon as media flows",
    first_picture_ms: Math.round(first_frame ?? Number.NaN),
    after_connection_ms: Math.round((first_frame ?? Number.NaN) - (connected ?? Number.NaN)),
    key_frames_asked: requests,
    begun_from_kept_groups: await replayed(),
    seconds_until_both_move: Math.round(elapsed / 100) / 10,
  });
});

test("pictures that are switched on again begin from the key frame that the server keeps", async () => {
  const { page } = seats[2] as Seat;
  const before = { kept: await replayed(), buffer_ms: await bufferMs(page), ...(await decoded(page)) };
  let turns = 0;
  // The first turn may have to ask for a key frame; who looks again within two seconds of it has one.
  while ((await replayed()) === before.kept && turns < MOST_TURNS) {
    turns += 1;
    await button(page, "bar.more").click();
    await page.getByRole("menuitem", { name: word("more.saving_on"), exact: true }).click();
    await button(page, "weak.pictures_back").click();
    const shown = (await decoded(page)).frames;
    const count = async (): Promise<number> => (await decoded(page)).frames;
    await expect.poll(count, { timeout: 20_000, interval: 50 }).toBeGreaterThan(shown);
  }
  const kept = (await replayed()) - before.kept;
  expect(kept, `after ${turns} turns`).toBeGreaterThan(0);
  const soon = await bufferMs(page);
  await waitPictures(page, 2);
  const after = await decoded(page);
  report("pictures from kept key-frame groups", {
    turns,
    begun_from_kept_groups: kept,
    asked_by_the_browser: after.plis - before.plis,
    buffer_before_ms: before.buffer_ms,
    buffer_after_ms: soon,
  });
  expect(after.lost).toBe(0);
});
