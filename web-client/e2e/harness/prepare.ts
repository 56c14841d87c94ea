/** Runs once before all end-to-end files: makes device files, checks that the programs are there. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { CHROMIUM, FIREFOX } from "./browser.ts";
import { makeDeviceFiles } from "./clips.ts";
import { ARTIFACTS_DIR } from "./figures.ts";
import { SERVER_PROGRAM, WEB_DIST } from "./server.ts";

export function setup(): void {
  for (const [file, remedy] of [
    [SERVER_PROGRAM, "cargo build --workspace"],
    [WEB_DIST, "npm run build"],
    [CHROMIUM, "apt-get install chromium"],
    [FIREFOX, "apt-get install firefox-esr"],
  ] as const) {
    if (!existsSync(file)) throw new Error(`${file} is missing: ${remedy}`);
  }
  rmSync(ARTIFACTS_DIR, { recursive: true, force: true });
  mkdirSync(ARTIFACTS_DIR, { recursive: true });
  makeDeviceFiles();
}
