/**
 * Settings of the end-to-end ring: real server, real browsers.
 *
 * Started by `npm run e2e`; expects `target/debug/diemcau` and `web-client/dist` to be built. Files
 * that mostly wait for people's doings run two at a time; then, one after the other, those that
 * measure, fill both cores, or make a network (a new cable breaks off what every browser of this
 * machine is loading).
 */
import { defineConfig } from "vitest/config";

/** Files of which two may run at once. A file that is not named here runs alone. */
const TOGETHER = ["control", "everyday", "lobby", "unsupported", "visitors", "watching"].map(
  (name) => `${name}.e2e.ts`,
);

export default defineConfig({
  test: {
    root: import.meta.dirname,
    environment: "node",
    globalSetup: ["./harness/prepare.ts"],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    retry: 0,
    reporters: ["verbose"],
    projects: [
      {
        extends: true,
        test: { name: "together", include: TOGETHER, maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: ["**/*.e2e.ts"],
          exclude: TOGETHER,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
