/**
 * One conference on two media processes: two officials, each on another process, see each other. One
 * process is killed: whoever was on it comes back by himself, the other's call never ends.
 */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import { figures, joinAsGuest, waitPictures } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

/** The label of media processes; the mixer is supervised too. */
const MEDIA = 'worker="media-';
const [first, second] = people as [(typeof people)[0], (typeof people)[0]];
let server: Server;
const seats: Seat[] = [];

beforeAll(async () => {
  server = await Server.start("localhost", { DIEMCAU_MEDIA_PROCESSES: "1", DIEMCAU_MEDIA_SHARDS: "1" });
  await until("the media process takes legs", async () => (await metric("vc_worker_up", MEDIA)) === 1);
  for (const person of [first, second]) {
    const seat = await openSeat(person);
    seats.push(seat);
    await joinAsGuest(seat.page, server, "demo", person, { microphone: true, camera: true });
  }
});

afterAll(async () => {
  await Promise.all(seats.map((seat) => seat.close()));
  await server?.stop();
});

/** The sum of a metric over the series whose labels contain `label`. */
async function metric(name: string, label = ""): Promise<number> {
  const { json } = await server.request("GET", "/metrics");
  const lines = String(json)
    .split("\n")
    .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

async function until(what: string, holds: () => Promise<boolean>, timeoutMs = 15_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms for: ${what}\n${server.output}`);
  }
}

/** Process ids of the media processes that this server has started. */
function mediaProcesses(): number[] {
  const commands = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return commands.map(Number).filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      return parent === server.pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("media-worker");
    } catch {
      return false; // It ended while we looked.
    }
  });
}

test("a meeting on two media processes outlives the end of one", async () => {
  const legs = (process: number): Promise<number> => metric("vc_media_process_legs", `process="${process}"`);
  await Promise.all(seats.map((seat) => waitPictures(seat.page, 1)));
  await until("each process has one of the two", async () => (await legs(0)) === 1 && (await legs(1)) === 1);
  expect(await metric("vc_relay_sent_packets_total")).toBeGreaterThan(0);

  const before = await Promise.all(seats.map((seat) => figures(seat.page)));
  const [pid, ...others] = mediaProcesses();
  expect(others).toEqual([]);
  process.kill(pid as number, "SIGKILL");
  const killedAt = performance.now();

  const hasMoved = (now: (typeof before)[number], index: number): boolean =>
    now.media.leg !== null && now.media.leg !== before[index]?.media.leg;
  // Whoever was there has a new leg, and both see each other again.
  let moved = -1;
  await until("the one who was there has a new leg", async () => {
    const now = await Promise.all(seats.map((seat) => figures(seat.page)));
    moved = now.findIndex(hasMoved);
    return moved >= 0;
  });
  const newLeg_ms = Math.round(performance.now() - killedAt);
  await until("the other one hears of the loss", async () => (await legs(0)) + (await legs(1)) === 2);
  await Promise.all(seats.map((seat) => waitPictures(seat.page, 1)));
  const back_ms = Math.round(performance.now() - killedAt);

  const after = await Promise.all(seats.map((seat) => figures(seat.page)));
  expect(after.map(hasMoved).indexOf(true)).toBe(moved);
  const stayed = 1 - moved;
  expect(hasMoved(after[stayed] as (typeof after)[number], stayed)).toBe(false);
  expect(after[stayed]?.media.legsOpened).toBe(before[stayed]?.media.legsOpened);
  expect(after.map((now) => now.you)).toEqual(before.map((now) => now.you));
  expect(after.map((now) => now.connection.state)).toEqual(["open", "open"]);
  await until("the process is there again", async () => (await metric("vc_worker_up", MEDIA)) === 1);
  expect(await metric("vc_worker_ends_total", MEDIA)).toBe(1);
  expect(mediaProcesses()).not.toEqual([pid]);
  report("one of two media processes killed", {
    new_leg_after_ms: newLeg_ms,
    both_see_each_other_after_ms: back_ms,
    relayed_packets: await metric("vc_relay_sent_packets_total"),
  });

  // It takes legs again: a third comes, and the emptier process is the new one.
  const third = await openSeat(people[2] as typeof first);
  seats.push(third);
  await joinAsGuest(third.page, server, "demo", people[2] as typeof first, {
    microphone: true,
    camera: true,
  });
  await waitPictures(third.page, 2);
  await until("the new process has a leg", async () => (await legs(1)) >= 1);
});
