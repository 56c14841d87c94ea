/**
 * A camera sends the sizes that somebody's window needs and no other: a size stops when the last
 * window that needs it has gone, comes back when a window grows, and keeps its lines when it is
 * the only one. Seen from the client's own figures of what is sent and what is shown.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import { figures, joinAsGuest, waitFigures } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const LARGE = { width: 1366, height: 768 };
/** A tile of less than 240 lines: the smallest layer fills it. */
const SMALL = { width: 480, height: 300 };
/** A camera of 24 pictures a second that has sent no packet of a size for so long has stopped it. */
const QUIET_MS = 1_000;
/** Two seconds until a size stops, twice that on a busy machine. */
const STOP_LIMIT_MS = 4_000;
const RETURN_LIMIT_MS = 5_000;

let server: Server;
const seats: Seat[] = [];

beforeAll(async () => {
  server = await Server.start();
});

afterAll(async () => {
  await Promise.all(seats.map((seat) => seat.close()));
  await server?.stop();
});

/** Keeps the page's connections where the test can ask them for their figures more often than the client does. */
const KEEP_CONNECTIONS = `
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) { super(...given); window.connections.push(this); }
  };`;

/** Waits until the camera layers `rids` are sent and no other: the time of the last packet of another, ms since 1970. */
async function waitSent(seat: Seat, rids: string): Promise<number> {
  return seat.page.evaluate(
    async ({ rids, quietMs, limitMs }) => {
      const { connections } = window as unknown as { connections: RTCPeerConnection[] };
      const began = Date.now();
      const sent = new Map<string, { packets: number; gainedAt: number }>();
      while (Date.now() - began < limitMs) {
        for (const connection of connections) {
          for (const stat of (await connection.getStats()).values()) {
            if (stat.type !== "outbound-rtp" || stat.kind !== "video" || stat.rid === undefined) continue;
            const before = sent.get(stat.rid);
            const isGained = before !== undefined && stat.packetsSent > before.packets;
            const gainedAt = isGained ? Date.now() : (before?.gainedAt ?? 0);
            sent.set(stat.rid, { packets: stat.packetsSent, gainedAt });
          }
        }
        const isSent = (at: number) => Date.now() - at < quietMs;
        const now = [...sent].filter(([, layer]) => isSent(layer.gainedAt)).map(([rid]) => rid);
        if (now.sort().join("") === rids) {
          const others = [...sent].filter(([rid]) => !rids.includes(rid)).map(([, layer]) => layer.gainedAt);
          return Math.max(began, ...others);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`waited ${limitMs} ms for only ${rids} to be sent; sent: ${JSON.stringify([...sent])}`);
    },
    { rids, quietMs: QUIET_MS, limitMs: 20_000 },
  );
}

/** Waits until this seat shows the other's picture with so many lines. */
async function waitLines(seat: Seat, lines: number, limitMs: number): Promise<number> {
  const began = performance.now();
  await waitFigures(
    seat.page,
    `a picture of ${lines} lines`,
    (now) => now.pictures.some((one) => one.source === "camera" && one.height === lines && one.fps > 3),
    limitMs,
  );
  return performance.now() - began;
}

test("a camera sends the sizes that windows need, whole, and no other", async () => {
  for (const person of people.slice(0, 2)) {
    const seat = await openSeat({ ...person, camera: person.smallCamera }, { initScript: KEEP_CONNECTIONS });
    seats.push(seat);
    await joinAsGuest(seat.page, server, "demo", person, { microphone: true, camera: true });
  }
  const [sender, viewer] = seats as [Seat, Seat];
  await waitLines(viewer, 360, 20_000);
  await waitSent(sender, "h");

  const madeSmallAt = Date.now();
  await viewer.page.setViewportSize(SMALL);
  const stopped_ms = (await waitSent(sender, "q")) - madeSmallAt;
  await waitLines(viewer, 180, RETURN_LIMIT_MS);

  await viewer.page.setViewportSize(LARGE);
  const returned_ms = await waitLines(viewer, 360, RETURN_LIMIT_MS);
  // The size that is the only one keeps its lines, although the browser sent less before.
  await waitSent(sender, "h");
  const after = await figures(sender.page);
  const only = after.outbound.find((layer) => layer.mid === "cam" && layer.rid === "h");
  report("needed layers", {
    aim: "a size that nobody needs stops within 2 s and returns within one key frame",
    stopped_ms: Math.round(stopped_ms),
    returned_ms: Math.round(returned_ms),
    sent: `${only?.height}p ${Math.round((only?.bitrateBps ?? 0) / 1000)} kbit/s ${only?.limitedBy}`,
  });
  expect(stopped_ms).toBeLessThan(STOP_LIMIT_MS);
  expect(only?.height).toBe(360);
  expect(only?.limitedBy).not.toBe("bandwidth");
}, 90_000);
