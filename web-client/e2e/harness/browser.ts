/**
 * One participant = one Chromium process: camera and microphone files are flags of the process.
 *
 * Launches Debian's Chromium through playwright-core, optionally inside a network namespace.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Person } from "./clips.ts";

export const CHROMIUM = process.env.DIEMCAU_CHROMIUM ?? "/usr/bin/chromium";
/** Opened by firefox.ts. */
export const FIREFOX = process.env.DIEMCAU_FIREFOX ?? "/usr/bin/firefox-esr";

/** How long a step may take: two busy cores slow a browser down a lot, and nothing here measures. */
export const STEP_LIMIT_MS = 60_000;

export interface Seat {
  readonly browser: Browser;
  readonly page: Page;
  close(): Promise<void>;
}

export interface SeatOptions {
  readonly width?: number;
  readonly height?: number;
  /** Name of the network namespace in which the browser runs. */
  readonly namespace?: string;
  /** Script that runs in every page before its own. */
  readonly initScript?: string;
  readonly extraArgs?: readonly string[];
  /** Home folder with the certificates that this browser trusts; then it is strict about them. */
  readonly home?: string;
}

/** Opens a browser whose devices play the person's files. */
export async function openSeat(person: Person, options: SeatOptions = {}): Promise<Seat> {
  const folder = mkdtempSync(path.join(tmpdir(), "diemcau-seat-"));
  let program = CHROMIUM;
  if (options.namespace) {
    program = path.join(folder, "chromium-in-namespace");
    writeFileSync(program, `#!/bin/sh\nexec ip netns exec ${options.namespace} ${CHROMIUM} "$@"\n`);
    chmodSync(program, 0o755);
  }
  const browser = await chromium.launch({
    executablePath: program,
    headless: true,
    ...(options.home ? { env: { ...process.env, HOME: options.home } } : {}),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--mute-audio",
      "--autoplay-policy=no-user-gesture-required",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${person.camera}`,
      `--use-file-for-fake-audio-capture=${person.microphone}`,
      "--auto-select-desktop-capture-source=Entire screen",
      ...(options.extraArgs ?? []),
    ],
  });
  const context = await browser.newContext({
    ignoreHTTPSErrors: options.home === undefined,
    locale: "vi-VN",
    timezoneId: "Asia/Ho_Chi_Minh",
    viewport: { width: options.width ?? 1366, height: options.height ?? 768 },
    permissions: ["camera", "microphone"],
  });
  context.setDefaultTimeout(STEP_LIMIT_MS);
  if (options.initScript) await context.addInitScript(options.initScript);
  const page = await context.newPage();
  return {
    browser,
    page,
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A page of somebody else in the same browser, with cookies of its own; at 200 % half as many px, twice
 * as dense.
 */
export async function anotherPage(browser: Browser, zoom: 1 | 2 = 1): Promise<Page> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    locale: "vi-VN",
    viewport: { width: 1366 / zoom, height: 768 / zoom },
    deviceScaleFactor: zoom,
    permissions: ["camera", "microphone"],
    acceptDownloads: true,
  });
  context.setDefaultTimeout(STEP_LIMIT_MS);
  return context.newPage();
}
