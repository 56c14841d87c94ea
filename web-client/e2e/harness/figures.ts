/** Keeps what the end-to-end tests measured: printed, and written to `e2e/artifacts/figures.json`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

export const ARTIFACTS_DIR = path.resolve(import.meta.dirname, "..", "artifacts");
const FILE = path.join(ARTIFACTS_DIR, "figures.json");

/** Adds figures under `name`; every key names its unit. */
export function report(name: string, figures: Record<string, unknown>): void {
  const all = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Record<string, unknown>) : {};
  all[name] = figures;
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
  console.log(`figures ${name}: ${JSON.stringify(figures)}`);
}

/** The value below which `share` (0–1) of the samples lie; nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new Error("no samples");
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number;
}
