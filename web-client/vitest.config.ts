/**
 * Two rings of tests: `unit` (no browser, always run; a file that wants a stand-in for the DOM says so
 * at its head, since making one takes longer than most files) and `browser` (files
 * `*.browser.test.ts(x)`, run in the installed Chromium; nothing is downloaded).
 */
import react from "@vitejs/plugin-react";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { splitWords } from "./build/split-words.ts";

const browserFiles = "src/**/*.browser.test.{ts,tsx}";

export default defineConfig({
  plugins: [react(), splitWords()],
  // The guides are read from docs/.
  server: { fs: { allow: [".."] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.{ts,tsx}"],
          exclude: [browserFiles],
        },
      },
      {
        extends: true,
        // Named in advance: finding them while tests run reloads the page and fails the file.
        optimizeDeps: {
          include: [
            "@tanstack/react-query",
            "axe-core",
            "i18next",
            "lucide-react",
            "react",
            "react-aria-components",
            "react-dom/client",
            "react-i18next",
            "react/jsx-dev-runtime",
            "wouter",
            "zustand",
            "zustand/vanilla",
          ],
        },
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
                  "--autoplay-policy=no-user-gesture-required",
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
