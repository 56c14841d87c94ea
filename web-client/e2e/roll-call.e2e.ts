/**
 * The roll call of a whole province over the real server: 277 sites of which none has come in are called by
 * keyboard alone, one key a site, and the sheet says what was pressed. Then one that other programs lead, in
 * whose middle the server is killed: no mark that was answered is lost, and it goes on at the next site.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { percentile, report } from "./harness/figures.ts";
import { button, createConference, joinAs, word } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const SITES = 277;
/** What the keys 1 to 4 write. */
const RESULTS = ["present", "no_sound", "no_picture", "absent"] as const;
/** As on a bad morning: every result comes again and again. */
const keyOf = (place: number): number => [0, 3, 0, 1, 3, 0, 2][place % 7] as number;
/** At these sites the number of people is typed as well. */
const peopleAt = (place: number): number | null => (place % 40 === 7 ? (place % 90) + 1 : null);
const SITE_MS = 300;
/** As long as a quick hand holds a key. Who presses more than twenty in a second is turned away as too fast. */
const HELD = { delay: 50 };

interface Standing {
  sites: { id: string; name: string; result?: string; people?: number }[];
  roll_call?: { phase: string; current?: string; left: number };
}

let server: Server;
let seat: Seat;
let ids: string[];
let cookie = "";

beforeAll(async () => {
  server = await Server.start();
  cookie = await signIn();
  const answer = await server.request("GET", "/api/v1/sites", undefined, { cookie });
  const all = answer.json as { id: string; kind: string }[];
  const levels = new Set(["province", "department", "district", "commune"]);
  ids = all.filter((site) => levels.has(site.kind)).map((site) => site.id);
  expect(ids.length).toBe(SITES);
  seat = await openSeat(people[0] as (typeof people)[0]);
});

afterAll(async () => {
  await seat?.close();
  await server?.stop();
});

async function signIn(): Promise<string> {
  const { user, password } = server.demoAccount("secretary");
  const answer = await server.request("POST", "/api/v1/auth/login", { user, password });
  return answer.cookies.map((one) => one.split(";")[0]).join("; ");
}

async function standing(conference: string): Promise<Standing> {
  const answer = await server.request("GET", `/api/v1/conferences/${conference}`, undefined, { cookie });
  expect(answer.status).toBe(200);
  return answer.json as Standing;
}

/** Code of the result and number of people, a row a site, in the order in which the roll is called. */
async function sheet(conference: string): Promise<[code: string, people: string][]> {
  const path = `/api/v1/conferences/${conference}/reports/roll-call.csv`;
  const answer = await server.request("GET", path, undefined, { cookie });
  // Behind the heading; a name may hold a comma and is quoted then.
  const rows = String(answer.json).trimEnd().split(/\r?\n/u).slice(1);
  return rows.map((row) => {
    const cells = [...row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/gu)].map(([, cell]) => cell ?? "");
    return [cells[5] ?? "", cells[6] ?? ""];
  });
}

/** Waits, in the page itself, until the site at this place is the called one, with its name above it. */
function waitCalled(page: Page, place: number, name: string): Promise<unknown> {
  const [label, strip] = [word("roll.current", { name }), word("roll.progress")];
  return page.waitForFunction(
    ([at, wanted, progress]) => {
      const marks = document.querySelectorAll(`[aria-label="${progress}"] [role=img] > i`);
      const section = document.querySelector(`section[aria-label=${JSON.stringify(wanted)}]`);
      return marks[at]?.hasAttribute("data-current") && section !== null;
    },
    [place, label, strip] as const,
    { timeout: 10_000 },
  );
}

test("277 sites are called by keyboard alone, and the sheet says what was pressed", async () => {
  const { page } = seat;
  const conference = await createConference(server, "Hội nghị trực tuyến toàn tỉnh", { sites: ids });
  const silent = { microphone: false, camera: false };
  await joinAs(page, server, conference, "Trần Thị Mai Khuê", "secretary", silent);
  const { sites } = await standing(conference);
  await button(page, "bar.lead").click();
  await page.getByRole("radio", { name: word("chair.screen_roll_call"), exact: true }).click();
  await button(page, "roll.start").click();
  const took: number[] = [];
  for (const [place, site] of sites.entries()) {
    await waitCalled(page, place, site.name);
    const began = performance.now();
    const count = peopleAt(place);
    if (count !== null) {
      await page.keyboard.press("s");
      await page.keyboard.type(String(count));
      await page.keyboard.press("Enter");
    }
    await page.keyboard.press(String(keyOf(place) + 1), HELD);
    const next = sites[place + 1];
    if (next) await waitCalled(page, place + 1, next.name);
    else await page.getByRole("heading", { name: word("roll.over_title") }).waitFor();
    if (count === null) took.push(performance.now() - began);
  }
  report("roll call by keyboard", {
    sites: sites.length,
    site_p50_ms: Math.round(percentile(took, 0.5)),
    site_p95_ms: Math.round(percentile(took, 0.95)),
  });
  const pressed = sites.map((_, place) => [RESULTS[keyOf(place)], String(peopleAt(place) ?? "")]);
  expect(await sheet(conference)).toEqual(pressed);
  const kept = (await standing(conference)).sites.map((site) => [site.result, String(site.people ?? "")]);
  expect(kept).toEqual(pressed);
  expect(percentile(took, 0.5)).toBeLessThan(SITE_MS);
});

test("killed in the middle, the server has every mark that it answered and goes on at the next site", async () => {
  const conference = await createConference(server, "Giao ban toàn tỉnh", { sites: ids });
  const roll = `/api/v1/conferences/${conference}/roll-call`;
  const order = (await standing(conference)).sites.map((site) => site.id);
  const mark = (place: number) =>
    server.request("POST", `${roll}/${order[place]}`, { result: RESULTS[keyOf(place)] }, { cookie });
  expect((await server.request("POST", roll, {}, { cookie })).status).toBe(200);
  let answered = 0;
  const goOn = async (until: number): Promise<void> => {
    while (answered < until) {
      expect((await mark(answered)).status).toBe(200);
      answered += 1;
    }
  };
  await goOn(60);
  // One more is under way: it may be kept or not, but no answer may lie.
  const open = mark(answered).then(
    ({ status }) => status === 200,
    () => false,
  );
  await server.kill();
  if (await open) answered += 1;
  await server.launch();

  const after = await standing(conference);
  const results = after.sites.map((site) => site.result);
  const marked = results.filter((result) => result !== undefined).length;
  expect([answered, answered + 1]).toContain(marked);
  expect(results.slice(0, marked)).toEqual(order.slice(0, marked).map((_, place) => RESULTS[keyOf(place)]));
  // Going on needs no knowledge of the interruption.
  const again = await server.request("POST", roll, {}, { cookie });
  expect(again.json).toMatchObject({ current: order[marked], left: SITES - marked });
  answered = marked;
  await goOn(SITES);
  const [first] = await sheet(conference);
  expect(first).toEqual([RESULTS[keyOf(0)], ""]);
  expect((await sheet(conference)).map(([code]) => code)).toEqual(order.map((_, at) => RESULTS[keyOf(at)]));
});
