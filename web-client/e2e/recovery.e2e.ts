/**
 * What breaks comes back by itself: the server is killed and started again, the network of one
 * participant is cut for five seconds, or is too narrow for pictures. Nobody leaves the meeting, hands and chat stay.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import { button, figures, joinAsGuest, waitFigures, waitPictures, word } from "./harness/meeting.ts";
import { canMakeNamespaces, Namespace } from "./harness/namespace.ts";
import { Server } from "./harness/server.ts";

const CUT_S = 5;
/** Carries three voices and no picture. */
const NARROW_KBIT = 150;
const CHAT = "Biên bản kỳ trước đã gửi các điểm cầu";
const [first, second] = people as [(typeof people)[0], (typeof people)[0]];

let space: Namespace | null = null;
let server: Server;
const seats: Seat[] = [];

beforeAll(async () => {
  if (canMakeNamespaces()) space = Namespace.make();
  server = await Server.start(space?.serverAddress ?? "localhost");
  const one = await openSeat(first);
  const other = await openSeat(second, space ? { namespace: space.name } : {});
  seats.push(one, other);
  await joinAsGuest(one.page, server, "demo", first, { microphone: true, camera: true });
  await joinAsGuest(other.page, server, "demo", second, { microphone: true, camera: true });
  await Promise.all(seats.map((seat) => waitPictures(seat.page, 1)));
  await button(other.page, "bar.hand_raise").click();
  await raised(other.page).waitFor();
  await button(one.page, "bar.chat").click();
  await one.page.getByLabel(word("chat.message")).fill(CHAT);
  await one.page.keyboard.press("Enter");
  await one.page.getByText(CHAT).first().waitFor();
});

afterAll(async () => {
  await Promise.all(seats.map((seat) => seat.close()));
  await server?.stop();
  space?.remove();
});

/** The button of a hand that is up; its name goes on with the place in the queue. */
const raised = (page: Page) =>
  page.getByRole("button", { name: new RegExp(`^${word("bar.hand_lower")}`, "u") });

async function expectUntouched(): Promise<void> {
  const [one, other] = seats as [Seat, Seat];
  expect((await figures(one.page)).phase).toBe("in");
  expect((await figures(other.page)).phase).toBe("in");
  await raised(other.page).waitFor({ timeout: 5_000 });
  await one.page.getByText(CHAT).first().waitFor({ timeout: 5_000 });
}

test("after kill -9 everyone is back in the same meeting with hands and chat", async () => {
  const before = await Promise.all(seats.map((seat) => figures(seat.page)));
  await server.kill();
  await Promise.all(
    seats.map((seat) =>
      waitFigures(seat.page, "the loss is noticed", (now) => now.connection.state !== "open"),
    ),
  );
  await seats[0]?.page.screenshot({
    path: new URL("./artifacts/reconnecting.png", import.meta.url).pathname,
  });
  await server.launch();
  const answeredAt = performance.now();
  const back_ms = await Promise.all(
    seats.map(async (seat, index) => {
      await waitFigures(
        seat.page,
        "pictures again",
        (now) =>
          now.connection.state === "open" &&
          now.media.leg !== before[index]?.media.leg &&
          now.pictures.some((picture) => picture.fps > 5),
        30_000,
      );
      return Math.round(performance.now() - answeredAt);
    }),
  );
  const after = await Promise.all(seats.map((seat) => figures(seat.page)));
  expect(after.map((now) => now.you)).toEqual(before.map((now) => now.you));
  await expectUntouched();
  report("server killed and started again", { back_with_pictures_after_ms: back_ms });
});

test("a network cut of five seconds costs nobody the meeting", async (context) => {
  if (!space) return context.skip("network namespaces need root");
  const other = seats[1] as Seat;
  const before = await figures(other.page);
  space.cut();
  const until = performance.now() + CUT_S * 1000;
  while (performance.now() < until) await figures(seats[0]?.page as Seat["page"]);
  space.mend();
  const mendedAt = performance.now();
  await waitFigures(
    other.page,
    "pictures again",
    (now) => now.connection.state === "open" && now.pictures.some((picture) => picture.fps > 5),
    30_000,
  );
  const back_ms = Math.round(performance.now() - mendedAt);
  const after = await figures(other.page);
  expect(after.you).toBe(before.you);
  await waitPictures(seats[0]?.page as Seat["page"], 1);
  await expectUntouched();
  report("network cut for 5 s", {
    back_with_pictures_after_ms: back_ms,
    ice_restarts: after.media.iceRestarts,
    legs: after.media.legsOpened,
  });
});

test("a line too narrow for pictures keeps the sound, says so, and shows pictures again once it is wide", async (context) => {
  if (!space) return context.skip("network namespaces need root");
  const other = seats[1] as Seat;
  const tile = other.page.locator("article[data-participant]").filter({ hasText: word("tile.poor") });
  const energy = async () => {
    const { voices } = await figures(other.page);
    return voices.reduce((sum, voice) => sum + voice.audioEnergy, 0);
  };
  space.narrow(NARROW_KBIT);
  const narrowedAt = performance.now();
  await tile.waitFor({ timeout: 30_000 });
  const said_ms = Math.round(performance.now() - narrowedAt);
  await other.page.screenshot({ path: new URL("./artifacts/narrow-line.png", import.meta.url).pathname });
  const before = await energy();
  await expect.poll(energy, { timeout: 15_000 }).toBeGreaterThan(before);
  space.widen();
  const widenedAt = performance.now();
  await waitFigures(
    other.page,
    "pictures again",
    (now) => now.pictures.some((picture) => picture.fps > 5),
    40_000,
  );
  const back_ms = Math.round(performance.now() - widenedAt);
  await expectUntouched();
  report("line too narrow for pictures", {
    line_kbit_s: NARROW_KBIT,
    said_after_ms: said_ms,
    back_with_pictures_after_ms: back_ms,
  });
});
