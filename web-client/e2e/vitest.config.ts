/**
 * Settings of the end-to-end ring: real server, real browsers, one file after the other.
 *
 * Started by `npm run e2e`; expects `target/debug/diemcau` and `web-client/dist` to be built.
 */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.e2e.ts"],
    environment: "node",
    globalSetup: ["./harness/prepare.ts"],
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 180_000,
    hookTimeout: 120_000,
    retry: 0,
    reporters: ["verbose"],
  },
});
