/**
 * Browsers that cannot meet, opened on a real invitation: without WebRTC, without JavaScript, too old to
 * read the client. Each says in both languages which browser to use, and how to get there.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHROMIUM } from "./harness/browser.ts";
import { type Person, people } from "./harness/clips.ts";
import { ARTIFACTS_DIR } from "./harness/figures.ts";
import { openFirefox } from "./harness/firefox.ts";
import { button, word } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";
import { SoundCard } from "./harness/sound-card.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = [
  [1366, 768],
  [390, 844],
] as const;

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await Server.start();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function chromiumPage(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "vi-VN", ...options });
  return context.newPage();
}

/** What axe-core finds. Its script is evaluated by the driver, which the page's policy does not bind. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const found = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`));
  });
}

async function pictures(page: Page, name: string): Promise<void> {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: path.join(ARTIFACTS_DIR, `unsupported-${name}-${width}.png`) });
  }
}

/** The page of old browsers, in both languages, with the address to take along. */
async function expectOldBrowserPage(page: Page, address: string): Promise<void> {
  const section = page.locator("#old-browser");
  await section.waitFor();
  for (const key of ["title", "text", "computer", "phone"]) {
    expect(await section.textContent()).toContain(word(`browser.${key}`));
  }
  expect(await section.locator('[lang="en"]').first().textContent()).toContain("Firefox 121");
  expect(await page.getByLabel(word("browser.address")).inputValue()).toBe(address);
  expect(await page.locator("#root").isVisible()).toBe(false);
}

test("Firefox without WebRTC says which browser to use and what it lacks", async () => {
  const sound = await SoundCard.start();
  const seat = await openFirefox(people[0] as Person, sound, {
    preferences: { "media.peerconnection.enabled": false },
  });
  try {
    const { page } = seat;
    await page.goto(`${server.url}/c/demo`);
    await page.getByRole("heading", { name: word("browser.title") }).waitFor();
    for (const text of [word("browser.computer"), word("browser.phone"), "WebRTC"]) {
      expect(await page.locator("#root main").textContent()).toContain(text);
    }
    await button(page, "action.copy_link").waitFor();
    expect(await violations(page)).toEqual([]);
    await pictures(page, "firefox");
    await button(page, "action.reload").click();
    await page.getByRole("heading", { name: word("browser.title") }).waitFor();
  } finally {
    await seat.close();
    await sound.stop();
  }
});

test("a browser without JavaScript says what to allow", async () => {
  const page = await chromiumPage({ javaScriptEnabled: false });
  await page.goto(`${server.url}/c/demo`);
  const words = page.locator("noscript main");
  await words.waitFor();
  expect(await words.textContent()).toContain(word("browser.no_script"));
  expect(await words.locator('[lang="en"]').first().textContent()).toBe("This page needs JavaScript");
  await pictures(page, "no-script");
  // axe-core needs timers, which this page has not: the same words and styles in one that has.
  const alike = await chromiumPage({});
  await alike.goto(`${server.url}/offline.html`);
  await alike.evaluate(
    (html) => {
      document.head.querySelector("style")?.remove();
      document.body.innerHTML = html;
    },
    await page.locator("noscript").innerHTML(),
  );
  await alike.waitForFunction(() => document.styleSheets.length > 0);
  expect(await violations(alike)).toEqual([]);
  await words.getByRole("link").click();
  await words.waitFor();
});

test("a browser that is too old says which to use and keeps the link", async () => {
  const page = await chromiumPage({});
  await page.addInitScript("delete globalThis.structuredClone");
  const address = `${server.url}/c/demo#token=abc`;
  await page.goto(address);
  await expectOldBrowserPage(page, address);
  expect(await violations(page)).toEqual([]);
  await pictures(page, "old");
});

test("a browser that cannot read the client's files is told the same", async () => {
  const page = await chromiumPage({});
  await page.route("**/assets/index-*.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: "words of a later language" }),
  );
  const address = `${server.url}/c/demo`;
  await page.goto(address);
  await expectOldBrowserPage(page, address);
});
