/**
 * Two rings of tests: `unit` (no browser, always run) and `browser` (files `*.browser.test.ts(x)`,
 * run in the installed Chromium; nothing is downloaded).
 */
import react from "@vitejs/plugin-react";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

const browserFiles = "src/**/*.browser.test.{ts,tsx}";

export default defineConfig({
  plugins: [react()],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          environment: "happy-dom",
          include: ["src/**/*.test.{ts,tsx}"],
          exclude: [browserFiles],
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: [browserFiles],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
                args: [
                  "--no-sandbox",
                  "--use-fake-device-for-media-stream",
                  "--use-fake-ui-for-media-stream",
                ],
              },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
