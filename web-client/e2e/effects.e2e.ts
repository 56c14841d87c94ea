/**
 * Background blur and strong noise suppression, seen and heard by somebody else in the meeting: what
 * lies behind the person loses its detail and the person does not, the noise between words falls and
 * the words stay, and nothing is negotiated or interrupted for it.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { type Detail, detail, KEEP_MEDIA, loudness, openDevices, portrait } from "./harness/effects.ts";
import { report } from "./harness/figures.ts";
import { button, figures, joinAsGuest, waitFigures, waitPictures, word } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

/** One run of the sound file with its pause, in ms. */
const SOUND_MS = 11_000;
/** Of the wall's detail at most this share is left, of the face's at least that. */
const WALL_LEFT = 0.4;
const FACE_LEFT = 0.75;

let server: Server;
let speaker: Seat;
let listener: Seat;
/** The picture without blur. */
let sharp: Detail;

beforeAll(async () => {
  const [, second] = people as [(typeof people)[0], (typeof people)[0]];
  server = await Server.start();
  speaker = await openSeat(portrait(), { initScript: KEEP_MEDIA });
  listener = await openSeat(second, { initScript: KEEP_MEDIA });
  await joinAsGuest(speaker.page, server, "demo", portrait(), { microphone: true, camera: true });
  await joinAsGuest(listener.page, server, "demo", second, { microphone: false, camera: false });
  await waitPictures(listener.page, 1);
});

afterAll(async () => {
  for (const seat of [speaker, listener]) await seat?.close();
  await server?.stop();
});

async function openDeviceDialog(): Promise<void> {
  await button(speaker.page, "bar.more").click();
  await speaker.page.getByRole("menuitem", { name: word("devices_dialog.title") }).click();
  await speaker.page.getByRole("dialog", { name: word("devices_dialog.title") }).waitFor();
}

/** Presses the switch of an effect and waits until it stands over the device. */
async function switchEffect(kind: "blur" | "noise"): Promise<void> {
  await speaker.page.getByText(word(`effect.${kind}`), { exact: true }).click();
  await speaker.page.getByText(word("effect.starting")).waitFor({ state: "hidden" });
}

test("the background loses its detail on the other side, the face keeps it", async () => {
  const before = await detail(listener.page, 2_000);
  sharp = before;
  const { leg } = (await figures(speaker.page)).media;
  await openDeviceDialog();
  const change = detail(listener.page, 6_000);
  await switchEffect("blur");
  const during = await change;
  const after = await detail(listener.page, 2_000);
  await speaker.page.screenshot({ path: new URL("./artifacts/blur-dialog.png", import.meta.url).pathname });
  await listener.page.screenshot({ path: new URL("./artifacts/blur-seen.png", import.meta.url).pathname });
  await speaker.page.keyboard.press("Escape");
  report("effects_blur", {
    wall_detail_left_share: after.wall / before.wall,
    face_detail_left_share: after.face / before.face,
    longest_gap_while_switching_ms: during.longestGapMs,
    longest_gap_before_ms: before.longestGapMs,
    pictures_per_s_before: before.pictures / 2,
    pictures_per_s_blurred: after.pictures / 2,
  });
  expect(after.wall / before.wall).toBeLessThan(WALL_LEFT);
  expect(after.face / before.face).toBeGreaterThan(FACE_LEFT);
  expect((await figures(speaker.page)).media.leg).toBe(leg);
});

test("the camera's light goes out with the camera, and the blur is there before it is seen again", async () => {
  await button(speaker.page, "bar.camera_turn_off").click();
  await button(speaker.page, "bar.camera_turn_on").waitFor();
  await expect.poll(() => openDevices(speaker.page)).toEqual(["audio"]);
  await waitFigures(listener.page, "no picture", (now) => now.pictures.every((one) => one.fps < 1));
  await button(speaker.page, "bar.camera_turn_on").click();
  await waitPictures(listener.page, 1);
  const seen = await detail(listener.page, 2_000);
  expect(seen.sharpestWall / sharp.wall).toBeLessThan(WALL_LEFT);
});

test("the noise between words falls and the words stay", async () => {
  const before = await loudness(listener.page, SOUND_MS);
  await openDeviceDialog();
  await switchEffect("noise");
  await speaker.page.keyboard.press("Escape");
  const after = await loudness(listener.page, SOUND_MS);
  report("effects_noise", {
    pause_before_db: before.pauseDb,
    pause_after_db: after.pauseDb,
    speech_before_db: before.speechDb,
    speech_after_db: after.speechDb,
  });
  expect(before.pauseDb - after.pauseDb).toBeGreaterThanOrEqual(10);
  expect(Math.abs(before.speechDb - after.speechDb)).toBeLessThan(6);
});
