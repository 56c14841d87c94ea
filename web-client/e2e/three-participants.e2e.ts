/**
 * Three officials meet for a minute: each sees and hears both others, over AES-GCM, on the media
 * port. Pictures a second, freezes and the server's CPU time are written down beside their aims.
 */
import { afterAll, beforeAll, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import { joinAsGuest, waitPictures } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";
import { expectSeenAndHeard, watchedFigures, watchMeeting } from "./harness/watch.ts";

const SECONDS = 60;

let server: Server;
const seats: Seat[] = [];

beforeAll(async () => {
  server = await Server.start();
});

afterAll(async () => {
  await Promise.all(seats.map((seat) => seat.close()));
  await server?.stop();
});

test("three participants see and hear one another for a minute", async () => {
  for (const person of people) {
    const seat = await openSeat({ ...person, camera: person.smallCamera });
    seats.push(seat);
    await joinAsGuest(seat.page, server, "demo", person, { microphone: true, camera: true });
  }
  for (const seat of seats) await waitPictures(seat.page, 2, 60_000);
  const watched = await watchMeeting(seats, server, SECONDS);
  await seats[0]?.page.screenshot({
    path: new URL("./artifacts/three-participants.png", import.meta.url).pathname,
  });
  report("three participants, 60 s", watchedFigures(watched, server));
  expectSeenAndHeard(watched, server);
}, 240_000);
