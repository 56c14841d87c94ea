/**
 * The door, against the real server: it opens at its time while people wait before it, says when the
 * network lets no picture through, takes names that break layouts, and hints once.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { anotherPage, openSeat, type Seat } from "./harness/browser.ts";
import { type Person, people } from "./harness/clips.ts";
import {
  button,
  chooseDevices,
  createConference,
  joinAsGuest,
  openLobbyAsGuest,
  pressJoin,
  waitInside,
  word,
} from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const [first] = people as [Person];
const QUIET = { microphone: false, camera: false };
/** How long before its time the lobby is opened, in ms: long enough for a slow machine to see it shut. */
const AHEAD_MS = 8_000;
/** No machine has this address (RFC 5737): media sent there is lost, as behind a firewall that drops. */
const NOWHERE = "192.0.2.1";

/** The longest name, 120 letters with stacked marks; from right to left; without letters. */
const NAMES = {
  long: "Nguyễn Hoàng Phương Thảo Ỷ Ậu Ữ Ộ Ẵ Ễ ".repeat(4).slice(0, 119).concat("Ỹ"),
  rightToLeft: "عبد الرحمن بن محمد الأنصاري",
  emoji: "👩🏽‍💻👨‍👩‍👧‍👦🇻🇳",
};

let server: Server;
let seat: Seat;

beforeAll(async () => {
  server = await Server.start();
  seat = await openSeat({ ...first, camera: first.smallCamera });
});

afterAll(async () => {
  await seat?.close();
  await server?.stop();
});

function sideways(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

test("the door opens at its time, and the way in appears by itself", async () => {
  const conference = await createConference(server, "Họp mở cửa đúng giờ", {
    opens_ms: Date.now() + AHEAD_MS,
  });
  const page = await anotherPage(seat.browser);
  await openLobbyAsGuest(page, server, conference, first);
  await page.getByRole("timer").waitFor();
  expect(await button(page, "lobby.join").count(), "nothing to press in vain").toBe(0);
  await button(page, "lobby.join").waitFor({ timeout: AHEAD_MS + 10_000 });
  expect(await page.getByRole("timer").count()).toBe(0);
  await chooseDevices(page, QUIET);
  await pressJoin(page);
  await waitInside(page);
  await page.context().close();
});

test("the hints of the first meeting are shown once", async () => {
  const page = await anotherPage(seat.browser);
  await joinAsGuest(page, server, "demo", first, QUIET);
  const hints = page.getByRole("region", { name: word("hint.region") });
  await hints.getByText(word("hint.microphone_title")).waitFor();
  for (let step = 0; step < 3; step += 1) await button(hints, "hint.next").click();
  await button(hints, "hint.done").click();
  await hints.waitFor({ state: "detached" });
  await page.reload();
  await pressJoin(page);
  await waitInside(page);
  expect(await hints.count()).toBe(0);
  await page.context().close();
});

test("a name typed with 120 letters, one from right to left and one of emoji fit at 200 %", async () => {
  const page = await anotherPage(seat.browser, 2);
  await joinAsGuest(page, server, "demo", { ...first, name: NAMES.long, unit: NAMES.long }, QUIET);
  const guests = await Promise.all(
    [NAMES.rightToLeft, NAMES.emoji].map(async (name) => {
      const guest = await anotherPage(seat.browser, 2);
      await joinAsGuest(guest, server, "demo", { ...first, name, unit: NAMES.long }, QUIET);
      return guest;
    }),
  );
  for (const name of [NAMES.rightToLeft, NAMES.emoji]) {
    await page.getByRole("article", { name }).waitFor();
  }
  expect(await sideways(page), "the meeting").toBe(0);
  await button(page, "bar.more").click();
  await page.getByRole("menuitem", { name: word("bar.people") }).click();
  await page.getByRole("heading", { name: word("people.inside") }).waitFor();
  expect(await sideways(page), "the list of people").toBe(0);
  for (const guest of guests) {
    await guest.getByRole("article").filter({ hasText: "Ỷ Ậu" }).first().waitFor();
    expect(await sideways(guest), "a guest's meeting").toBe(0);
    await guest.goto(`${server.url}/c/demo`);
    await button(guest, "lobby.join").waitFor();
    expect(await sideways(guest), "the lobby").toBe(0);
    await guest.context().close();
  }
  await page.context().close();
});

test("a network that lets no media through is said in the lobby, and joining stays possible", async () => {
  const blocked = await Server.start("localhost", {
    DIEMCAU_MEDIA_ADVERTISE_LAN: NOWHERE,
    DIEMCAU_MEDIA_OVER_HTTPS: "off",
  });
  try {
    const test = await anotherPage(seat.browser);
    await test.goto(`${blocked.url}/check`);
    await button(test, "check.start").click();
    const page = await anotherPage(seat.browser);
    await openLobbyAsGuest(page, blocked, "demo", first);
    await page.getByRole("heading", { name: word("lobby.blocked_network_title") }).waitFor();
    await chooseDevices(page, QUIET);
    await pressJoin(page);
    await waitInside(page);
    await page.context().close();
    await test.getByText(word("check.say_tls_not_offered")).waitFor({ timeout: 40_000 });
    await test.getByText(word("check.say_udp_bad")).waitFor();
    await test.context().close();
  } finally {
    await blocked.stop();
  }
});
