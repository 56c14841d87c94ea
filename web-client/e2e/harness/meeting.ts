/**
 * What a person does in the client, by the words on the screen: joins, presses controls, reads
 * the diagnostics. Used by every end-to-end file; knows no CSS class.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import type { DiagnosticsSnapshot } from "../../src/state/diagnostics.ts";
import type { Person } from "./clips.ts";
import type { Server } from "./server.ts";

const WORDS: unknown = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, "../../src/i18n/vi.json"), "utf8"),
);

/** The Vietnamese words of a key such as `lobby.join`. */
export function word(key: string, values: Record<string, string | number> = {}): string {
  let text = WORDS;
  for (const step of key.split(".")) text = (text as Record<string, unknown> | undefined)?.[step];
  if (typeof text !== "string") throw new Error(`vi.json has no ${key}`);
  return text.replace(/{{(\w+)}}/g, (_, value: string) => String(values[value]));
}

/** A button by its words. */
export function button(page: Page | Locator, key: string, values = {}): Locator {
  return page.getByRole("button", { name: word(key, values), exact: true });
}

export interface Devices {
  readonly microphone: boolean;
  readonly camera: boolean;
}

/** Goes to a page of the server; once more when the machine's network changed meanwhile. */
async function open(page: Page, address: string): Promise<void> {
  await page.goto(address).catch((failure: unknown) => {
    if (!String(failure).includes("ERR_NETWORK_CHANGED")) throw failure;
    return page.goto(address);
  });
}

/** Opens the lobby as a guest and fills in name and unit. */
export async function openLobbyAsGuest(
  page: Page,
  server: Server,
  conference: string,
  person: Person,
): Promise<void> {
  await open(page, `${server.url}/c/${conference}`);
  await page.getByLabel(word("lobby.your_name")).fill(person.name);
  await page.getByLabel(word("lobby.your_unit")).fill(person.unit);
}

/** Opens the lobby with a personal link of the given role. */
export async function openLobbyAs(
  page: Page,
  server: Server,
  conference: string,
  name: string,
  role: string,
): Promise<void> {
  const token = server.run("token", "--conference", conference, "--name", name, "--role", role);
  await open(page, `${server.url}/c/${conference}#token=${token}`);
  await page.getByText(name, { exact: true }).first().waitFor();
}

/** Sets microphone and camera in the lobby to what is wanted. */
export async function chooseDevices(page: Page, devices: Devices): Promise<void> {
  for (const [on, off, wanted] of [
    ["lobby.mic_on", "lobby.mic_off", devices.microphone],
    ["lobby.camera_on", "lobby.camera_off", devices.camera],
  ] as const) {
    const [shownOn, shownOff] = [button(page, on), button(page, off)];
    const goal = wanted ? shownOn : shownOff;
    await shownOn.or(shownOff).waitFor();
    if (!(await goal.isVisible())) await shownOn.or(shownOff).click();
    await goal.waitFor();
  }
}

/** Presses "Vào họp". */
export async function pressJoin(page: Page): Promise<void> {
  await button(page, "lobby.join").click();
}

/** Waits until the meeting's control bar is there. */
export async function waitInside(page: Page, timeout = 40_000): Promise<void> {
  await page.getByRole("button", { name: word("bar.leave") }).waitFor({ timeout });
}

/** Guest from link to meeting. */
export async function joinAsGuest(
  page: Page,
  server: Server,
  conference: string,
  person: Person,
  devices: Devices,
): Promise<void> {
  await openLobbyAsGuest(page, server, conference, person);
  await chooseDevices(page, devices);
  await pressJoin(page);
  await waitInside(page);
}

/** Chair (or another role) from personal link to meeting. */
export async function joinAs(
  page: Page,
  server: Server,
  conference: string,
  name: string,
  role: string,
  devices: Devices,
): Promise<void> {
  await openLobbyAs(page, server, conference, name, role);
  await chooseDevices(page, devices);
  await pressJoin(page);
  await waitInside(page);
}

/** The client's own figures. */
export async function figures(page: Page): Promise<DiagnosticsSnapshot> {
  return page.evaluate(() => {
    const hook = window.__diemcau;
    if (!hook) throw new Error("the page has no diagnostics");
    return hook.snapshot();
  });
}

/** Waits until the figures satisfy `test`; the condition's text names what was waited for. */
export async function waitFigures(
  page: Page,
  what: string,
  test: (now: DiagnosticsSnapshot) => boolean,
  timeoutMs = 40_000,
): Promise<DiagnosticsSnapshot> {
  const until = Date.now() + timeoutMs;
  let last: DiagnosticsSnapshot | null = null;
  while (Date.now() < until) {
    last = await figures(page).catch(() => last);
    if (last && test(last)) return last;
    // The client takes a sample each second; asking more often would only cost its CPU.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 250))).catch(() => undefined);
  }
  throw new Error(`waited ${timeoutMs} ms for: ${what}; last: ${JSON.stringify(last)}`);
}

/** Waits until this page decodes pictures of `count` others. */
export async function waitPictures(
  page: Page,
  count: number,
  timeoutMs = 30_000,
): Promise<DiagnosticsSnapshot> {
  return waitFigures(
    page,
    `${count} moving pictures`,
    (now) => now.pictures.filter((picture) => picture.source === "camera" && picture.fps > 5).length >= count,
    timeoutMs,
  );
}

/** A new conference made by the demo's secretary over the API. */
export async function createConference(
  server: Server,
  title: string,
  settings: Record<string, unknown> = {},
): Promise<string> {
  const { user, password } = server.demoAccount("secretary");
  const signedIn = await server.request("POST", "/api/v1/auth/login", { user, password });
  const cookie = signedIn.cookies.map((one) => one.split(";")[0]).join("; ");
  const made = await server.request(
    "POST",
    "/api/v1/conferences",
    { title, guests: true, ...settings },
    { cookie },
  );
  if (made.status !== 201)
    throw new Error(`conference not made: ${made.status} ${JSON.stringify(made.json)}`);
  return (made.json as { id: string }).id;
}
