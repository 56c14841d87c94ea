/**
 * Debian's Firefox in the meeting, driven by WebDriver BiDi: with Chromium, and among its own kind.
 * Writes down what both browsers say in SDP (harness/recorded.ts).
 */
import { afterAll, afterEach, beforeAll, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { type Person, people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import { openFirefox } from "./harness/firefox.ts";
import { joinAsGuest, waitPictures } from "./harness/meeting.ts";
import { ANSWERS_KEPT, record } from "./harness/recorded.ts";
import { Server } from "./harness/server.ts";
import { SoundCard } from "./harness/sound-card.ts";
import { expectSeenAndHeard, watchedFigures, watchMeeting } from "./harness/watch.ts";

type Kind = "firefox" | "chromium";

let server: Server;
let sound: SoundCard;
let seats: Seat[] = [];

beforeAll(async () => {
  [server, sound] = await Promise.all([Server.start(), SoundCard.start()]);
});

afterEach(async () => {
  await Promise.all(seats.map((seat) => seat.close()));
  seats = [];
});

afterAll(async () => {
  await sound?.stop();
  await server?.stop();
});

async function meet(kinds: readonly Kind[], window: { width?: number; height?: number } = {}): Promise<void> {
  for (const [index, kind] of kinds.entries()) {
    const person = people[index] as Person;
    const seat =
      kind === "firefox"
        ? await openFirefox(person, sound, window)
        : await openSeat({ ...person, camera: person.smallCamera }, window);
    seats.push(seat);
    await seat.page.addInitScript(ANSWERS_KEPT);
    await joinAsGuest(seat.page, server, "demo", person, { microphone: true, camera: true });
  }
  for (const seat of seats) await waitPictures(seat.page, kinds.length - 1, 60_000);
}

test("an official in Firefox and two in Chromium see and hear one another", async () => {
  await meet(["firefox", "chromium", "chromium"]);
  const watched = await watchMeeting(seats, server, 20);
  for (const [index, name] of ["firefox", "chromium"].entries()) {
    await record((seats[index] as Seat).page, name);
  }
  await seats[0]?.page.screenshot({
    path: new URL("./artifacts/firefox.png", import.meta.url).pathname,
  });
  report("one Firefox and two Chromiums, 20 s", {
    firefox: seats[0]?.browser.version(),
    ...watchedFigures(watched, server),
  });
  expectSeenAndHeard(watched, server);
}, 150_000);

test("three officials in Firefox see and hear one another", async () => {
  // In small windows: without a graphics card three Firefoxes take more than two cores otherwise.
  await meet(["firefox", "firefox", "firefox"], { width: 700, height: 520 });
  const watched = await watchMeeting(seats, server, 15);
  report("three Firefoxes, 15 s", watchedFigures(watched, server));
  expectSeenAndHeard(watched, server);
}, 180_000);
