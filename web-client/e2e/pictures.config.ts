/** Settings of `npm run pictures`, which draws every state of every page; no server is needed. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["every-state.pictures.ts"],
    environment: "node",
    testTimeout: 1_800_000,
    hookTimeout: 300_000,
    reporters: ["verbose"],
  },
});
