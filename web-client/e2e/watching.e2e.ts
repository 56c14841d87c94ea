/**
 * Those who look after a meeting: a full server says so to newcomers and lets them in when somebody
 * leaves, and the chair sees everybody's connection on its page.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { button, joinAsGuest, openLobbyAs, openLobbyAsGuest, waitPictures, word } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const [first, second] = people as [(typeof people)[0], (typeof people)[0]];
const DEVICES = { microphone: true, camera: true };
let server: Server;
const seats: Seat[] = [];

beforeAll(async () => {
  server = await Server.start("localhost", { DIEMCAU_LIMITS_PLACES: "2", DIEMCAU_MEDIA_SHARDS: "2" });
  for (const person of [first, second]) {
    const seat = await openSeat(person);
    seats.push(seat);
    await joinAsGuest(seat.page, server, "demo", person, DEVICES);
  }
});

afterAll(async () => {
  await Promise.all(seats.map((seat) => seat.close()));
  await server?.stop();
});

async function newPage(): Promise<Page> {
  const seat = await openSeat(first);
  seats.push(seat);
  return seat.page;
}

test("the chair sees how the connection of each participant is, and saves the table", async () => {
  await Promise.all(seats.slice(0, 2).map((seat) => waitPictures(seat.page, 1)));
  const page = await newPage();
  await openLobbyAs(page, server, "demo", "Hoàng Minh Thắng", "chair");
  await page.goto(`${server.url}/c/demo/statistics`);
  const row = page.getByRole("row", { name: new RegExp(second.name) });
  await row.waitFor();
  // The camera goes up and the other's picture comes down: figures of real packets.
  await expect
    .poll(async () => ((await row.textContent()) ?? "").match(/UDP · [01]/)?.[0], { timeout: 20_000 })
    .toBeDefined();
  const cells = await row.getByRole("cell").allInnerTexts();
  const figure = (at: number) => Number((cells[at] ?? "").replace(".", "").replace(",", "."));
  expect(figure(1), `sends, of ${cells.join(" | ")}`).toBeGreaterThan(0.05);
  expect(figure(2), `receives, of ${cells.join(" | ")}`).toBeGreaterThan(0.02);
  await page.getByLabel(word("statistics.search")).fill("không có ai");
  await page.getByText(word("statistics.nobody_found")).waitFor();
  await page.getByLabel(word("statistics.search")).fill(second.name.slice(0, 6));
  await row.waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), button(page, "statistics.save").click()]);
  expect(file.suggestedFilename()).toMatch(/^duong-truyen-.*\.csv$/);
  const metrics = String((await server.request("GET", "/metrics?conference=demo")).json);
  expect(metrics).toMatch(/vc_leg_uplink_bps\{conference="demo",participant="\d+",shard="\d"\} [1-9]/);
  expect(metrics).toMatch(/vc_stream_bps\{[^}]*source="cam",layer="[qhf]"\} [1-9]/);
});

test("a newcomer reads that the server is full and comes in when somebody leaves", async () => {
  const page = await newPage();
  await openLobbyAsGuest(page, server, "demo", { ...first, name: "Trần Văn Muộn" });
  await page.getByRole("heading", { name: word("lobby.server_full_title") }).waitFor();
  await button((seats[0] as Seat).page, "bar.leave").click();
  // The door opens by itself.
  await button(page, "lobby.join").click();
  await waitPictures(page, 1);
});
