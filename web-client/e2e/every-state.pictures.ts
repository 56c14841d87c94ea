/**
 * Draws every state of every page in each size and language, and sheets of nine on which a person looks
 * at them: `npm run pictures`, or `npm run pictures -- -t en` for one language. Into `e2e/pictures/`;
 * `STATES=lobby,today` draws those whose names hold one of the words.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import react from "@vitejs/plugin-react";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { splitWords } from "../build/split-words.ts";
import { staticWords } from "../build/static-words.ts";
import { CHROMIUM } from "./harness/browser.ts";

const FOLDER = path.join(import.meta.dirname, "pictures");
const SIZES = {
  laptop: { width: 1366, height: 768 },
  desk: { width: 1920, height: 1080 },
  phone: { width: 390, height: 844 },
  turned: { width: 844, height: 390 },
} as const;
type Size = keyof typeof SIZES;
/** Pictures on a sheet, in columns of this many. */
const COLUMNS: Record<Size, number> = { laptop: 3, desk: 3, phone: 6, turned: 3 };
const ROWS: Record<Size, number> = { laptop: 3, desk: 3, phone: 1, turned: 4 };
/** Width of a picture on a sheet, in px. */
const CELL_PX: Record<Size, number> = { laptop: 640, desk: 640, phone: 320, turned: 640 };
/** A busy machine takes its time; what never comes is told at the end, after all the others. */
const REACHED_MS = 120_000;

const BUILT = mkdtempSync(path.join(tmpdir(), "diemcau-pictures-"));

let server: PreviewServer;
let browser: Browser;
let address: string;

beforeAll(async () => {
  const root = path.resolve(import.meta.dirname, "..");
  // Built once: each of many hundred pages would fetch six hundred files from a development server.
  const built = {
    outDir: BUILT,
    emptyOutDir: true,
    minify: false,
    rolldownOptions: { input: "harness.html" },
  };
  const settings = { root, configFile: false as const, plugins: [react(), splitWords(), staticWords()] };
  await build({ ...settings, logLevel: "error", build: { ...built, assetsInlineLimit: 0 } });
  server = await preview({
    root,
    configFile: false,
    build: { outDir: BUILT },
    preview: { port: 0, host: "localhost" },
  });
  address = `${server.resolvedUrls?.local[0]}harness.html`;
  const flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required", ...flags],
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(BUILT, { recursive: true, force: true });
});

/** A page of this size with `state` reached. */
async function reach(
  context: BrowserContext,
  state: string,
  language: string,
  size: Size = "laptop",
): Promise<Page> {
  const page = await context.newPage();
  await page.setViewportSize(SIZES[size]);
  await page.goto(`${address}?${new URLSearchParams({ state, lang: language })}`, { timeout: REACHED_MS });
  await page.waitForFunction(() => window.stateReached !== undefined, null, { timeout: REACHED_MS });
  expect.soft(await page.evaluate(() => window.stateReached), state).toBe(true);
  return page;
}

async function draw(
  context: BrowserContext,
  state: string,
  sizes: readonly Size[],
  folder: string,
): Promise<void> {
  let page: Page | undefined;
  for (const size of sizes) {
    // A phone shows other buttons, so its states are reached in its size.
    if (page === undefined || size === "phone" || size === "turned") {
      await page?.close();
      page = await reach(context, state, path.basename(folder), size);
    } else await page.setViewportSize(SIZES[size]);
    // Two drawn pages after the change: the first one still has the old places.
    await page.evaluate(async () => {
      for (let time = 0; time < 3; time += 1) await new Promise((done) => requestAnimationFrame(done));
    });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(sideways, `${state} at ${size} scrolls sideways`).toBeLessThanOrEqual(0);
    await page.screenshot({
      path: path.join(folder, size, `${state}.png`),
      animations: "disabled",
      fullPage: true,
    });
  }
  await page?.close();
}

/** Sheets of the pictures of one size, each with its name. */
async function drawSheets(folder: string, size: Size): Promise<void> {
  const names = readdirSync(path.join(folder, size)).filter((one) => one.endsWith(".png"));
  const [columns, cell] = [COLUMNS[size], CELL_PX[size]];
  const perSheet = columns * ROWS[size];
  const page = await browser.newPage({ viewport: { width: columns * (cell + 8), height: 400 } });
  for (let at = 0; at < names.length; at += perSheet) {
    const figures = names
      .slice(at, at + perSheet)
      .map(
        (name) =>
          `<figure><figcaption>${name.replace(".png", "")}</figcaption><img src="${encodeURIComponent(name)}"></figure>`,
      );
    const look = `body{margin:0;display:flex;flex-wrap:wrap;align-items:start;gap:8px;background:#888;font:14px sans-serif}
      figure{margin:0;width:${cell}px}img{display:block;width:100%}figcaption{background:#ff9;padding:2px 6px}`;
    const sheet = path.join(folder, size, `sheet-${1 + at / perSheet}.html`);
    writeFileSync(sheet, `<!doctype html><meta charset="utf-8"><style>${look}</style>${figures.join("")}`);
    await page.goto(`file://${sheet}`, { waitUntil: "load" });
    const target = path.join(FOLDER, `${path.basename(folder)}-${size}-${1 + at / perSheet}.png`);
    await page.screenshot({ path: target, fullPage: true });
    rmSync(sheet);
  }
  await page.close();
}

/** A window of its own: what lies in a tab behind others is not drawn. */
function newWindow(language: string): Promise<BrowserContext> {
  return browser.newContext({ viewport: SIZES.laptop, locale: language === "vi" ? "vi-VN" : "en-GB" });
}

test.each(["vi", "en"])("every state in %s", async (language) => {
  const folder = path.join(FOLDER, language);
  rmSync(folder, { recursive: true, force: true });
  for (const size of Object.keys(SIZES)) mkdirSync(path.join(folder, size), { recursive: true });
  const window = await newWindow(language);
  const first = await reach(window, "", language);
  const states = await first.evaluate(() => globalThis.window.pageStates ?? { all: [], turned: [] });
  await window.close();
  const words = (process.env.STATES ?? "").split(",");
  const wanted = states.all.filter((one) => words.some((word) => one.includes(word)));
  // Two windows: one waits for its page while the other is drawn.
  const lane = async () => {
    const context = await newWindow(language);
    for (let state = wanted.shift(); state !== undefined; state = wanted.shift()) {
      const sizes: Size[] = ["laptop", "desk", "phone"];
      if (states.turned.includes(state)) sizes.push("turned");
      await draw(context, state, sizes, folder);
    }
    await context.close();
  };
  await Promise.all([lane(), lane()]);
  for (const size of Object.keys(SIZES) as Size[]) await drawSheets(folder, size);
});
