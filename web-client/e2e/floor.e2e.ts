/**
 * The floor, a mute of all that is taken back, and a roll call by keyboard, in three browsers over the real
 * server: a chair on the console, two sites.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import {
  button,
  chooseDevices,
  createConference,
  joinAs,
  pressJoin,
  waitInside,
  word,
} from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const CHAIR = "Hoàng Minh Thắng";
const [first, second, third] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
const NAMES = ["Điểm cầu Một", "Điểm cầu Hai"] as const;

let server: Server;
let chair: Seat;
let near: Seat;
let far: Seat;
let conference = "";
let sites: { id: string; name: string }[] = [];
const figures_ms: Record<string, number> = {};

beforeAll(async () => {
  server = await Server.start();
  sites = await someSites(3);
  conference = await createConference(server, "Hội nghị toàn tỉnh", { sites: sites.map((site) => site.id) });
  [chair, near, far] = [await openSeat(first), await openSeat(second), await openSeat(third)];
  await joinAs(chair.page, server, conference, CHAIR, "chair", { microphone: true, camera: true });
  await joinFrom(near.page, NAMES[0], sites[0]?.id ?? "");
  await joinFrom(far.page, NAMES[1], sites[1]?.id ?? "");
});

afterAll(async () => {
  report("running a meeting", figures_ms);
  for (const seat of [chair, near, far]) await seat?.close();
  await server?.stop();
});

/** The first sites of the tree, in its order. */
async function someSites(count: number): Promise<{ id: string; name: string }[]> {
  const { user, password } = server.demoAccount("secretary");
  const signedIn = await server.request("POST", "/api/v1/auth/login", { user, password });
  const cookie = signedIn.cookies.map((one) => one.split(";")[0]).join("; ");
  const answer = await server.request("GET", "/api/v1/sites", undefined, { cookie });
  return (answer.json as { id: string; name: string }[]).slice(0, count);
}

/** Somebody who stands for an invited site. */
async function joinFrom(page: Page, name: string, site: string): Promise<void> {
  const role = ["--role", "delegate", "--site", site];
  const token = server.run("token", "--conference", conference, "--name", name, ...role);
  await page.goto(`${server.url}/c/${conference}#token=${token}`);
  await page.getByText(name, { exact: true }).first().waitFor();
  await chooseDevices(page, { microphone: true, camera: true });
  await pressJoin(page);
  await waitInside(page);
}

const strip = (page: Page) => page.getByRole("region", { name: word("floor.now"), exact: true });
/** What the own microphone button would do next. */
const micOff = (page: Page) => button(page, "bar.mic_turn_off");
const micOn = (page: Page) => button(page, "bar.mic_turn_on");

async function toConsole(screen: string): Promise<void> {
  const open = button(chair.page, "bar.lead");
  if (await open.isVisible()) await open.click();
  await chair.page.getByRole("radio", { name: word(`chair.screen_${screen}`), exact: true }).click();
}

test("a mute of all is taken back from the same place", async () => {
  await toConsole("chair");
  await button(chair.page, "chair.mute_all").click();
  await Promise.all([near, far].map((seat) => micOn(seat.page).waitFor()));
  // The press of a double click would be ignored: a person needs longer than that first second.
  await chair.page.getByRole("button", { name: /^Hoàn tác tắt mic 2 điểm.*[1-7] s$/u }).click();
  await micOff(near.page).waitFor();
  await micOff(far.page).waitFor();
});

test("one press gives the floor: microphone right, stage, lower third and clock for everybody", async () => {
  await toConsole("chair");
  await near.page.getByRole("button", { name: word("bar.agenda") }).click();
  await near.page.getByLabel(word("floor.subject")).fill("Kinh phí phòng dịch");
  await button(near.page, "floor.ask_speech").click();
  await chair.page.getByText("Kinh phí phòng dịch").first().waitFor();
  await chair.page.getByRole("button", { name: word("chair.floor_only") }).click();
  await micOn(near.page).waitFor();
  const shown = strip(far.page).waitFor();
  await button(chair.page, "chair.grant").waitFor();
  const began = performance.now();
  // Pressed without the driver's wait for a page at rest, which is no part of the figure.
  await button(chair.page, "chair.grant").evaluate((grant: HTMLElement) => grant.click());
  await shown;
  figures_ms.grant_until_others_see_ms = Math.round(performance.now() - began);
  expect(await strip(far.page).textContent()).toContain(NAMES[0]);
  await strip(far.page).getByRole("timer").waitFor();
  // The speaker alone may be heard: the microphone that the chair had closed is open again.
  await micOff(near.page).waitFor();
  await micOn(far.page).click();
  await far.page.getByText(word("refusal.microphones_closed")).waitFor();
  await micOn(far.page).waitFor();
  // The large place of everybody shows the speaker.
  await far.page.locator("main article").first().waitFor();
  const large = await far.page.locator("main article").evaluateAll((tiles) => {
    const sized = tiles.map((tile) => ({ name: tile.ariaLabel ?? "", width: tile.clientWidth }));
    return sized.sort((left, right) => right.width - left.width)[0]?.name;
  });
  expect(large).toBe(NAMES[0]);
  await button(chair.page, "chair.end_turn").click();
  await strip(far.page).waitFor({ state: "hidden" });
  await micOn(near.page).waitFor();
  await chair.page.getByRole("button", { name: word("chair.floor_only") }).click();
});

test("the roll of three sites is called by keyboard alone, the absent one too", async () => {
  await toConsole("roll_call");
  await button(chair.page, "roll.start").click();
  const called = (at: number) =>
    chair.page.getByRole("region", {
      name: word("roll.current", { name: sites[at]?.name ?? "" }),
      exact: true,
    });
  await called(0).waitFor();
  await near.page.getByText(word("floor.called")).waitFor();
  await chair.page.keyboard.press("s");
  await chair.page.keyboard.type("12");
  await chair.page.keyboard.press("Enter");
  await chair.page.keyboard.press("1");
  await called(1).waitFor();
  await far.page.getByText(word("floor.called")).waitFor();
  await chair.page.keyboard.press("2");
  await called(2).waitFor();
  await chair.page.getByText(word("sites.not_in")).waitFor();
  await chair.page.keyboard.press("4");
  await chair.page.getByRole("heading", { name: word("roll.over_title") }).waitFor();
  await chair.page.getByText(word("roll.count_present", { count: 1 })).waitFor();
  await chair.page.getByText(word("roll.count_faulty", { count: 1 })).waitFor();
  await chair.page.getByText(word("roll.count_absent", { count: 1 })).waitFor();
  await far.page.getByText(word("floor.called")).waitFor({ state: "hidden" });
});
