/**
 * Debian's Firefox in the meeting, driven by WebDriver BiDi: one among Chromiums, then three of them.
 * What an official does on an ordinary day is done in it too. Writes down what both browsers say in
 * SDP (harness/recorded.ts).
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { type Person, people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import { type FirefoxOptions, openFirefox } from "./harness/firefox.ts";
import { button, figures, joinAsGuest, waitFigures, waitPictures, word } from "./harness/meeting.ts";
import { ANSWERS_KEPT, record } from "./harness/recorded.ts";
import { Server } from "./harness/server.ts";
import { SoundCard } from "./harness/sound-card.ts";
import { expectSeenAndHeard, watchedFigures, watchMeeting } from "./harness/watch.ts";

type Kind = "firefox" | "chromium";

/** Headless Firefox has no screen to pick: a moving canvas stands in for it. */
const SCREEN = `navigator.mediaDevices && (navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
  const pen = canvas.getContext("2d");
  setInterval(() => {
    pen.fillStyle = "hsl(" + performance.now() / 20 + " 60% 50%)";
    pen.fillRect(0, 0, 1280, 720);
  }, 100);
  return canvas.captureStream(10);
})`;

let server: Server;
let sound: SoundCard;
let seats: Seat[] = [];

beforeAll(async () => {
  [server, sound] = await Promise.all([Server.start(), SoundCard.start()]);
});

afterAll(async () => {
  await allLeave();
  await sound?.stop();
  await server?.stop();
});

async function allLeave(): Promise<void> {
  await Promise.all(seats.map((seat) => seat.close()));
  seats = [];
}

async function meet(kinds: readonly Kind[], window: FirefoxOptions = {}): Promise<void> {
  await allLeave();
  const open = async (kind: Kind, index: number): Promise<Seat> => {
    const person = people[index] as Person;
    const seat =
      kind === "firefox"
        ? await openFirefox(person, sound, window)
        : await openSeat({ ...person, camera: person.smallCamera });
    await seat.page.addInitScript(ANSWERS_KEPT);
    if (kind === "firefox") await seat.page.addInitScript(SCREEN);
    return seat;
  };
  seats = await Promise.all(kinds.map(open));
  for (const [index, seat] of seats.entries()) {
    const devices = { microphone: true, camera: true };
    await joinAsGuest(seat.page, server, "demo", people[index] as Person, devices);
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

test("the official in Firefox shares a screen, is warned while muted and speaks by the space bar", async () => {
  const [official, other] = seats as [Seat, Seat];
  const { you } = await figures(official.page);
  await button(official.page, "bar.share").click();
  await waitFigures(other.page, "the screen moves", (now) =>
    now.pictures.some((one) => one.participant === you && one.source === "screen" && one.fps > 2),
  );
  await button(official.page, "bar.share_stop").click();
  await waitFigures(other.page, "the screen is gone", (now) =>
    now.pictures.every((one) => one.source === "camera"),
  );

  await button(official.page, "bar.mic_turn_off").click();
  await official.page.getByText(word("bar.muted_hint"), { exact: true }).waitFor();
  const energy = (now: Awaited<ReturnType<typeof figures>>): number =>
    now.voices.find((voice) => voice.participant === you)?.audioEnergy ?? 0;
  let last = -1;
  await waitFigures(other.page, "nothing more is heard", (now) => {
    const isSilent = energy(now) === last;
    last = energy(now);
    return isSilent;
  });
  await official.page.locator("body").click({ position: { x: 5, y: 5 } });
  await official.page.keyboard.down("Space");
  await waitFigures(other.page, "the official is heard", (now) => energy(now) > last);
  await official.page.keyboard.up("Space");
  await button(official.page, "bar.mic_turn_on").waitFor();
}, 90_000);

test("Firefox comes back by itself after the server was killed", async () => {
  const [official] = seats as [Seat];
  const before = await figures(official.page);
  await server.kill();
  await waitFigures(official.page, "the loss is noticed", (now) => now.connection.state !== "open");
  await server.launch();
  const after = await waitFigures(
    official.page,
    "pictures again",
    (now) => now.connection.state === "open" && now.pictures.some((one) => one.fps > 3),
  );
  expect(after.you).toBe(before.you);
}, 90_000);

test("three officials in Firefox see and hear one another", async () => {
  // In small windows: without a graphics card three Firefoxes take more than two cores otherwise.
  await meet(["firefox", "firefox", "firefox"], { width: 700, height: 520 });
  const watched = await watchMeeting(seats, server, 15);
  report("three Firefoxes, 15 s", watchedFigures(watched, server));
  expectSeenAndHeard(watched, server);
}, 180_000);

test("Firefox that blocks the devices says where to press in Firefox, and lets one listen", async () => {
  await allLeave();
  const person = people[0] as Person;
  const seat = await openFirefox(person, sound, {
    preferences: {
      "media.navigator.permission.disabled": false,
      "permissions.default.camera": 2,
      "permissions.default.microphone": 2,
    },
  });
  seats.push(seat);
  await seat.page.goto(`${server.url}/c/demo`);
  await button(seat.page, "lobby.mic_off").click();
  for (const step of ["firefox_1", "firefox_2", "firefox_3"]) {
    await seat.page
      .getByText(word(`steps.${step}`))
      .first()
      .waitFor();
  }
  expect(await button(seat.page, "lobby.join").isEnabled()).toBe(true);
}, 60_000);
