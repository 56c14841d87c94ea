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
/** Two seconds until a size stops, one for the step of the client's samples, one for a busy machine. */
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

/** Waits until exactly the camera layers `rids` gain packets between two samples: ms until the first. */
async function waitSent(seat: Seat, rids: string): Promise<number> {
  const began = performance.now();
  let before = await figures(seat.page);
  let seenAt = began;
  let sinceMs = 0;
  await waitFigures(
    seat.page,
    `only ${rids} to be sent`,
    (now) => {
      if (now.atMs === before.atMs) return false;
      const gained = now.outbound
        .filter((layer) => layer.mid === "cam")
        .filter((layer) => {
          const old = before.outbound.find((one) => one.mid === "cam" && one.rid === layer.rid);
          return layer.packetsSent > (old?.packetsSent ?? 0);
        })
        .map((layer) => layer.rid);
      before = now;
      sinceMs = seenAt - began;
      seenAt = performance.now();
      return gained.sort().join("") === rids;
    },
    10_000,
  );
  return sinceMs;
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
    const seat = await openSeat({ ...person, camera: person.smallCamera });
    seats.push(seat);
    await joinAsGuest(seat.page, server, "demo", person, { microphone: true, camera: true });
  }
  const [sender, viewer] = seats as [Seat, Seat];
  await waitLines(viewer, 360, 20_000);
  await waitSent(sender, "h");

  await viewer.page.setViewportSize(SMALL);
  const stopped_ms = await waitSent(sender, "q");
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
