/**
 * What those who lead do besides giving the floor, over the real server with a chair, a secretary and a site:
 * sheets that are really saved and opened, sites viewed in turn and called, a lecture, removing in two steps,
 * and the secretary who leads when the chair's connection is lost.
 */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { anotherPage, openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import {
  button,
  chooseDevices,
  createConference,
  joinAs,
  openLobbyAs,
  pressJoin,
  waitInside,
  word,
} from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const CHAIR = "Hoàng Minh Thắng";
const SECRETARY = "Trần Thị Mai Khuê";
const SITE = "Điểm cầu Một";
const LISTENER = "Phạm Ngọc Ánh";
const SILENT = { microphone: false, camera: false };

let server: Server;
let seat: Seat;
let chair: Page;
let secretary: Page;
let site: Page;
let listener: Page;
let conference = "";
let sites: { id: string; name: string }[] = [];

beforeAll(async () => {
  server = await Server.start();
  const { user, password } = server.demoAccount("secretary");
  const signedIn = await server.request("POST", "/api/v1/auth/login", { user, password });
  const cookie = signedIn.cookies.map((one) => one.split(";")[0]).join("; ");
  const answer = await server.request("GET", "/api/v1/sites", undefined, { cookie });
  sites = (answer.json as { id: string; name: string }[]).slice(0, 2);
  conference = await createConference(server, "Hội nghị toàn tỉnh", { sites: sites.map((one) => one.id) });
  seat = await openSeat(people[0] as (typeof people)[0]);
  chair = seat.page;
  [secretary, site, listener] = await Promise.all([
    anotherPage(seat.browser),
    anotherPage(seat.browser),
    anotherPage(seat.browser),
  ]);
  await joinAs(chair, server, conference, CHAIR, "chair", { microphone: true, camera: true });
  await joinAs(secretary, server, conference, SECRETARY, "secretary", SILENT);
  await joinFromSite();
  // A listener sends nothing, so there is nothing to choose.
  await openLobbyAs(listener, server, conference, LISTENER, "listener");
  await pressJoin(listener);
  await waitInside(listener);
});

afterAll(async () => {
  await seat?.close();
  await server?.stop();
});

async function joinFromSite(): Promise<void> {
  const role = ["--role", "delegate", "--site", sites[0]?.id ?? ""];
  const token = server.run("token", "--conference", conference, "--name", SITE, ...role);
  await site.goto(`${server.url}/c/${conference}#token=${token}`);
  await site.getByText(SITE, { exact: true }).first().waitFor();
  await chooseDevices(site, { microphone: true, camera: true });
  await pressJoin(site);
  await waitInside(site);
}

const strip = (page: Page) => page.getByRole("region", { name: word("stage_set.set"), exact: true });

async function toScreen(page: Page, screen: string): Promise<void> {
  const open = button(page, "bar.lead");
  if (await open.isVisible()) await open.click();
  await page.getByRole("radio", { name: word(`chair.screen_${screen}`), exact: true }).click();
}

test("sites are viewed in turn, shown to all, and the absent one is called", async () => {
  await toScreen(secretary, "sites");
  await secretary.getByText(word("sites.private")).first().waitFor();
  await button(secretary, "sites.put_up").click();
  await strip(site).getByText(word("floor.on_stage")).waitFor();
  await button(secretary, "sites.take_down").click();
  await strip(site).waitFor({ state: "hidden" });
  await secretary.getByRole("button", { name: /^Gọi 1 điểm chưa vào/u }).click();
  await secretary
    .getByText(/^đã gọi \d\d:\d\d$/u)
    .first()
    .waitFor();
  await button(secretary, "sites.start").click();
  await button(secretary, "sites.stop").click();
  await button(secretary, "sites.start").waitFor();
});

test("in a lecture a listener sees the stage only", async () => {
  await listener.getByRole("article", { name: SITE }).first().waitFor();
  await toScreen(secretary, "chair");
  await button(secretary, "bar.layout").click();
  await secretary.getByRole("button", { name: word("chair.kind") }).click();
  await secretary.getByRole("option", { name: word("kind.lecture"), exact: true }).click();
  await button(secretary, "chair.stage_save").click();
  await listener.getByRole("article", { name: SITE }).first().waitFor({ state: "detached" });
  await listener.getByRole("article", { name: CHAIR }).first().waitFor();
  await site.getByRole("article", { name: SECRETARY }).first().waitFor();
});

test("the sheets of the roll call and of attendance are saved and can be opened", async () => {
  await toScreen(secretary, "roll_call");
  await button(secretary, "roll.start").click();
  await secretary
    .getByText(word("roll.next_two"))
    .or(secretary.getByText(word("roll.current_state")))
    .first()
    .waitFor();
  await secretary.keyboard.press("1");
  await secretary.getByText(word("sites.not_in")).waitFor();
  await secretary.keyboard.press("4");
  await secretary.getByRole("heading", { name: word("roll.over_title") }).waitFor();
  const [csv, xlsx, pdf, there] = [await save(2), await save(1), await save(0), await save(5)];
  expect(csv.name).toBe(`diem-danh-${conference}.csv`);
  const lines = csv.bytes.toString("utf8");
  for (const one of sites) expect(lines).toContain(one.name);
  expect(lines).toContain(word("roll.present"));
  expect(lines).toContain(word("roll.absent"));
  expect(there.name).toBe(`du-hop-${conference}.csv`);
  expect(there.bytes.toString("utf8")).toContain(SITE);
  // A zip with the parts that a spreadsheet program looks for; a document to its last mark.
  expect(xlsx.bytes.subarray(0, 4).toString("latin1")).toBe("PK\u0003\u0004");
  expect(xlsx.bytes.toString("latin1")).toContain("xl/worksheets/sheet1.xml");
  expect(pdf.bytes.subarray(0, 5).toString("latin1")).toBe("%PDF-");
  expect(pdf.bytes.toString("latin1").trimEnd().endsWith("%%EOF")).toBe(true);
});

/** Saves the sheet at this place of the menu. */
async function save(place: number): Promise<{ name: string; bytes: Buffer }> {
  await button(secretary, "roll.sheet").click();
  const [saved] = await Promise.all([
    secretary.waitForEvent("download"),
    secretary.getByRole("menuitem").nth(place).click(),
  ]);
  return { name: saved.suggestedFilename(), bytes: readFileSync(await saved.path()) };
}

test("the secretary leads when the chair's connection is lost, and the chair again afterwards", async () => {
  await chair.context().setOffline(true);
  await chair.evaluate(() => window.__diemcau?.snapshot()).catch(() => undefined);
  await chair.goto("about:blank").catch(() => undefined);
  await secretary.getByText(word("deputy.chair_lost")).waitFor();
  await secretary.getByText(word("toast.you_lead")).waitFor();
  await listener.getByText(word("toast.leads_now", { name: SECRETARY })).waitFor();
  await chair.context().setOffline(false);
  await joinAs(chair, server, conference, CHAIR, "chair", { microphone: true, camera: true });
  await secretary.getByText(word("toast.leads_now", { name: CHAIR })).waitFor();
});

test("removing somebody takes two steps", async () => {
  await button(secretary, "chair.back").click();
  await secretary
    .getByRole("button", { name: word("bar.people") })
    .first()
    .click();
  await button(secretary, "people.menu", { name: LISTENER }).first().click();
  await secretary.getByRole("menuitem", { name: word("people.remove") }).click();
  await secretary.getByRole("alertdialog").waitFor();
  expect(await listener.getByRole("button", { name: word("bar.leave") }).count()).toBe(1);
  await button(secretary, "people.remove_confirm").click();
  await listener.getByText(word("farewell.removed_title")).waitFor();
});
