/**
 * Adds up what a browser fetches before a meeting starts, prints it, and fails the build above the
 * limit. Used by vite.config.ts.
 */
import { gzipSync } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

/** Scripts, styles and the preloaded fonts, compressed, in bytes. */
const LIMIT_BYTES = 300 * 1024;

export function firstLoad(): Plugin {
  return {
    name: "diemcau-first-load",
    apply: "build",
    generateBundle(_, bundle) {
      const parts = new Map<string, number>();
      const entry = Object.values(bundle).find((one) => isEntry(one));
      if (entry?.type === "chunk") collect(entry.fileName, bundle, parts);
      for (const one of Object.values(bundle)) {
        if (one.type !== "asset") continue;
        const isFont = /inter-(vietnamese|latin)-wght-normal.*\.woff2$/u.test(one.fileName);
        if (isFont) parts.set(one.fileName, one.source.length);
      }
      const total = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
      for (const [name, bytes] of parts) this.info(`${name} ${kilobytes(bytes)}`);
      this.info(`first load ${kilobytes(total)} compressed, limit ${kilobytes(LIMIT_BYTES)}`);
      if (total > LIMIT_BYTES)
        this.error("the first load is above its limit: load pages when they are opened");
    },
  };
}

function isEntry(one: Rolldown.OutputChunk | Rolldown.OutputAsset): boolean {
  return (
    one.type === "chunk" && one.isEntry && Object.keys(one.modules).some((id) => id.endsWith("/main.tsx"))
  );
}

function collect(name: string, bundle: Rolldown.OutputBundle, parts: Map<string, number>): void {
  const chunk = bundle[name];
  if (chunk?.type !== "chunk" || parts.has(name)) return;
  parts.set(name, gzipSync(chunk.code).length);
  for (const style of chunk.viteMetadata?.importedCss ?? []) {
    const sheet = bundle[style];
    if (sheet?.type === "asset") parts.set(style, gzipSync(sheet.source).length);
  }
  for (const next of chunk.imports) collect(next, bundle, parts);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
