/**
 * Running a meeting with two guests and a chair: screen share, chat, hands, mute by the chair,
 * waiting room, remove, end for all; how long until the others see it.
 */

import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import {
  button,
  chooseDevices,
  createConference,
  figures,
  joinAs,
  joinAsGuest,
  openLobbyAsGuest,
  pressJoin,
  waitFigures,
  word,
} from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const CHAIR = "Hoàng Minh Thắng";
const [first, second, third] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
const NOTHING_SENT = { microphone: false, camera: false };

let server: Server;
let chair: Seat;
let guest: Seat;
let late: Seat;
let conference = "";
const seen_ms: Record<string, number> = {};

beforeAll(async () => {
  server = await Server.start();
  chair = await openSeat(first, { extraArgs: ["--use-fake-ui-for-media-stream"] });
  guest = await openSeat(second);
  late = await openSeat(third);
});

afterAll(async () => {
  report("until the others see it", seen_ms);
  for (const seat of [chair, guest, late]) await seat?.close();
  await server?.stop();
});

beforeEach(async () => {
  conference = await createConference(server, "Họp giao ban tháng 11");
  await joinAs(chair.page, server, conference, CHAIR, "chair", { microphone: true, camera: true });
  await joinAsGuest(guest.page, server, conference, second, { microphone: true, camera: true });
});

/** Does `act` on one page and measures until `seen` stands on another. */
async function measure(what: string, act: () => Promise<unknown>, seen: Locator): Promise<void> {
  const began = performance.now();
  const shown = seen.waitFor({ timeout: 20_000 });
  await act();
  await shown;
  seen_ms[`${what}_ms`] = Math.round(performance.now() - began);
}

async function openPeople(page: Page): Promise<void> {
  await page
    .getByRole("button", { name: word("bar.people") })
    .first()
    .click();
  await page.getByText(word("people.inside")).first().waitFor();
}

async function chooseMore(page: Page, key: string): Promise<void> {
  await button(page, "bar.more").click();
  await page.getByRole("menuitem", { name: word(key) }).click();
}

test("chat and hands reach the others in order", async () => {
  await guest.page
    .getByRole("button", { name: word("bar.chat") })
    .first()
    .click();
  await chair.page
    .getByRole("button", { name: word("bar.chat") })
    .first()
    .click();
  const text = "Đề nghị xem phụ lục 1 – Sở NN&PTNT <b>không in đậm</b>";
  await chair.page.getByLabel(word("chat.message")).fill(text);
  await measure("chat", () => chair.page.keyboard.press("Enter"), guest.page.getByText(text));

  // Sent: the field is empty again; one's own message in sight is not announced as new.
  await chair.page.getByLabel(word("chat.message")).and(chair.page.locator(":placeholder-shown")).waitFor();
  expect(await button(chair.page, "chat.newer_one", { count: 1 }).count()).toBe(0);

  await openPeople(chair.page);
  await measure(
    "hand",
    () => button(guest.page, "bar.hand_raise").click(),
    chair.page.getByRole("img", { name: word("tile.hand", { place: 1 }) }).first(),
  );
  await button(chair.page, "bar.hand_raise").click();
  await waitFigures(chair.page, "inside", (now) => now.phase === "in");
  await guest.page
    .getByRole("img", { name: word("tile.hand", { place: 2 }) })
    .first()
    .waitFor();
  await chair.page.screenshot({ path: new URL("./artifacts/hands.png", import.meta.url).pathname });
});

test("the chair's mute holds and the guest sees who did it", async () => {
  const guestId = (await figures(guest.page)).you as number;
  await waitFigures(chair.page, "the guest is heard", (now) =>
    now.voices.some((voice) => voice.participant === guestId && voice.audioEnergy > 0),
  );
  await openPeople(chair.page);
  await button(chair.page, "people.menu", { name: second.name }).first().click();
  await measure(
    "mute",
    () => chair.page.getByRole("menuitem", { name: word("people.mute") }).click(),
    button(guest.page, "bar.mic_turn_on"),
  );
  await guest.page.getByText(word("toast.muted_by", { name: CHAIR })).waitFor();
  // What the chair hears of the guest stops growing.
  let quietSamples = 0;
  let before = -1;
  await waitFigures(chair.page, "silence of the muted guest", (now) => {
    const energy = now.voices.find((voice) => voice.participant === guestId)?.audioEnergy ?? 0;
    quietSamples = energy === before ? quietSamples + 1 : 0;
    before = energy;
    return quietSamples >= 15;
  });
  await button(guest.page, "bar.mic_turn_on").click();
  await waitFigures(chair.page, "the guest is heard again", (now) =>
    now.voices.some((voice) => voice.participant === guestId && voice.audioEnergy > before),
  );
});

test("a shared screen stands large before the others", async () => {
  await chair.page.evaluate(() => {
    // Headless Chromium has no screen to pick: a canvas that changes stands in for it.
    navigator.mediaDevices.getDisplayMedia = async () => {
      const canvas = document.createElement("canvas");
      canvas.width = 1280;
      canvas.height = 720;
      const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
      let count = 0;
      setInterval(() => {
        pen.fillStyle = "#ffffff";
        pen.fillRect(0, 0, 1280, 720);
        pen.fillStyle = "#16202c";
        pen.font = "48px sans-serif";
        pen.fillText(`Báo cáo số 412/BC-STC – ${count++}`, 80, 120);
      }, 100);
      const sound = new AudioContext();
      const tone = sound.createOscillator();
      const out = sound.createMediaStreamDestination();
      tone.connect(out);
      tone.start();
      return new MediaStream([...canvas.captureStream(15).getVideoTracks(), ...out.stream.getAudioTracks()]);
    };
  });
  await measure(
    "screen_share_announced",
    () => button(chair.page, "bar.share").click(),
    guest.page.getByText(word("meeting.presenting_by")).first(),
  );
  const chairId = (await figures(chair.page)).you;
  await waitFigures(guest.page, "the screen moves", (now) =>
    now.pictures.some(
      (picture) => picture.source === "screen" && picture.participant === chairId && picture.fps > 3,
    ),
  );
  await guest.page.screenshot({ path: new URL("./artifacts/screen-share.png", import.meta.url).pathname });
  await measure(
    "screen_share_stopped",
    () =>
      chair.page
        .getByRole("button", { name: word("bar.share_stop") })
        .first()
        .click(),
    guest.page.getByText(word("toast.sharing_stopped", { name: CHAIR })),
  );
});

test("the waiting room lets in whom the chair admits and turns others away", async () => {
  await chooseMore(chair.page, "more.waiting_room_on");
  await openLobbyAsGuest(late.page, server, conference, third);
  await chooseDevices(late.page, NOTHING_SENT);
  const pressed = performance.now();
  await pressJoin(late.page);
  await late.page.getByText(word("waiting.title")).waitFor();
  await openPeople(chair.page);
  await button(chair.page, "people.turn_away_name", { name: third.name }).first().waitFor();
  seen_ms.waiting_person_ms = Math.round(performance.now() - pressed);
  await measure(
    "turned_away",
    () => button(chair.page, "people.turn_away_name", { name: third.name }).first().click(),
    late.page.getByText(word("farewell.turned_away_title")),
  );
  await late.page.goto(`${server.url}/c/${conference}`);
  await chooseDevices(late.page, NOTHING_SENT);
  await pressJoin(late.page);
  await measure(
    "admitted",
    () => button(chair.page, "people.admit_name", { name: third.name }).first().click(),
    late.page.getByRole("button", { name: word("bar.leave") }),
  );
});

test("remove, lock and end for all", async () => {
  await openPeople(chair.page);
  await button(chair.page, "people.menu", { name: second.name }).first().click();
  await chair.page.getByRole("menuitem", { name: word("people.remove") }).click();
  await measure(
    "removed",
    () => button(chair.page, "people.remove_confirm").click(),
    guest.page.getByText(word("farewell.removed_title")),
  );
  // This browser is a guest of the conference of the test before; here it is a stranger.
  await joinAsGuest(late.page, server, conference, third, NOTHING_SENT);
  await chooseMore(chair.page, "more.lock");
  await late.page.getByText(word("toast.locked_by", { name: CHAIR })).waitFor();
  await guest.page.goto(`${server.url}/c/${conference}`);
  await guest.page.getByText(word("lobby.locked_title")).waitFor();
  await chooseMore(chair.page, "more.end_for_all");
  await measure(
    "ended",
    () => button(chair.page, "more.end_confirm").click(),
    late.page.getByText(word("farewell.ended_title")),
  );
  await chair.page.getByText(word("farewell.ended_title")).waitFor();
  expect((await figures(late.page).catch(() => null))?.phase ?? "ended").not.toBe("in");
});
