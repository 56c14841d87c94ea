/**
 * Keeps what the end-to-end tests measured: printed, and added to `e2e/artifacts/figures.jsonl`, a line
 * of JSON each, so that files that run side by side do not overwrite one another.
 */
import { appendFileSync } from "node:fs";
import path from "node:path";

export const ARTIFACTS_DIR = path.resolve(import.meta.dirname, "..", "artifacts");
const FILE = path.join(ARTIFACTS_DIR, "figures.jsonl");

/** Adds figures under `name`; every key names its unit. */
export function report(name: string, figures: Record<string, unknown>): void {
  appendFileSync(FILE, `${JSON.stringify({ name, ...figures })}\n`);
  console.log(`figures ${name}: ${JSON.stringify(figures)}`);
}

/** The value below which `share` (0–1) of the samples lie; nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new Error("no samples");
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number;
}
