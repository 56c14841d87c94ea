/**
 * How the web client is built: one bundle in `dist/`, served by the signalling server.
 *
 * Nothing may be inlined into `index.html`: the server's Content-Security-Policy forbids inline
 * scripts and any origin but its own.
 */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressed } from "./build/compressed.ts";
import { firstLoad } from "./build/first-load.ts";
import { shortClasses } from "./build/short-classes.ts";
import { splitWords } from "./build/split-words.ts";
import { staticWords } from "./build/static-words.ts";

const server = process.env.DIEMCAU_URL ?? "https://localhost:8443";

export default defineConfig(({ command }) => ({
  plugins: [react(), splitWords(), staticWords(), firstLoad(), compressed()],
  ...(command === "build"
    ? { css: { modules: { generateScopedName: shortClasses(import.meta.dirname) } } }
    : {}),
  build: {
    target: ["chrome120", "firefox121", "safari17.4"],
    // 0 keeps fonts and icons as files: `data:` URLs would need an exception in the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: { input: ["index.html", "offline.html"] },
  },
  server: {
    // The guides are read from docs/.
    fs: { allow: [".."] },
    port: 5173,
    proxy: {
      // The development certificate is self-signed. The server compares Origin with its own
      // address, so the proxy must speak as the server's page.
      "/api": { target: server, changeOrigin: true, secure: false, ws: true, headers: { origin: server } },
    },
  },
}));
