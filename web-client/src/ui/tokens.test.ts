/**
 * Contrast of every pair of colours that meets on screen, computed from tokens.css by the formula
 * of WCAG 2.2: text at least 4.5, edges and signs of controls at least 3.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const CSS = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");

const TEXT_PAIRS: readonly (readonly [string, string])[] = [
  ["text", "canvas"],
  ["text", "surface"],
  ["text", "surface-sunken"],
  ["text", "surface-hover"],
  ["text", "control"],
  ["text", "control-hover"],
  ["text", "accent-soft"],
  ["text", "ok-soft"],
  ["text-muted", "canvas"],
  ["text-muted", "surface"],
  ["text-muted", "surface-sunken"],
  ["text-muted", "surface-hover"],
  ["text-muted", "accent-soft"],
  ["text-muted", "ok-soft"],
  ["accent", "surface"],
  ["accent", "canvas"],
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["accent-soft-text", "accent-soft"],
  ["accent-soft-text", "surface"],
  ["ok", "ok-soft"],
  ["warn", "warn-soft"],
  ["danger", "danger-soft"],
  ["danger", "surface"],
  ["on-danger", "danger-fill"],
  ["on-danger", "danger-fill-hover"],
  ["on-off", "off-fill"],
  ["over-text", "over-opaque"],
  ["over-muted", "over-opaque"],
  ["over-danger", "over-opaque"],
  ["over-warn", "over-opaque"],
  ["plate-text", "plate"],
  ["on-hand", "hand"],
  ["brand-white", "art-top"],
];

const CONTROL_PAIRS: readonly (readonly [string, string])[] = [
  ["control-line", "surface"],
  ["control-line", "canvas"],
  ["control-line", "surface-sunken"],
  ["focus", "canvas"],
  ["focus", "surface"],
  ["accent", "surface"],
  ["accent", "canvas"],
  ["off-fill", "canvas"],
  ["hand", "over-opaque"],
];

/** Pairs that exist on the stage alone. */
const STAGE_PAIRS: readonly (readonly [string, string])[] = [
  ["speaking", "canvas"],
  ["speaking", "surface"],
  ["hand", "canvas"],
];

for (const theme of ["light", "stage"] as const) {
  describe(`the ${theme} theme`, () => {
    const colours = coloursOf(theme);
    it.each(TEXT_PAIRS)("reads %s on %s", (front, back) => {
      expect(contrast(colour(colours, front), colour(colours, back))).toBeGreaterThanOrEqual(4.5);
    });
    it.each(CONTROL_PAIRS)("sees %s on %s", (front, back) => {
      expect(contrast(colour(colours, front), colour(colours, back))).toBeGreaterThanOrEqual(3);
    });
  });
}

it.each(STAGE_PAIRS)("sees %s on %s on the stage", (front, back) => {
  const colours = coloursOf("stage");
  expect(contrast(colour(colours, front), colour(colours, back))).toBeGreaterThanOrEqual(3);
});

it("keeps every line height at 1.3 or more, so that stacked marks are not cut", () => {
  const sizes = [...CSS.matchAll(/--text-([a-z]+): (\d+)px/g)];
  expect(sizes.length).toBeGreaterThan(5);
  for (const [, name, size] of sizes) {
    const line = new RegExp(`--line-${name}: (\\d+)px`).exec(CSS)?.[1];
    expect(Number(line) / Number(size)).toBeGreaterThanOrEqual(1.3);
  }
});

function coloursOf(theme: "light" | "stage"): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, selector, body] of CSS.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    const isForOther = (selector ?? "").includes("data-theme") && !(selector ?? "").includes(`"${theme}"`);
    if (isForOther) continue;
    for (const [, name, value] of (body ?? "").matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6});/gi)) {
      if (name && value) found.set(name, value);
    }
  }
  return found;
}

function colour(colours: Map<string, string>, name: string): string {
  const value = colours.get(name);
  if (!value) throw new Error(`tokens.css has no colour --${name}`);
  return value;
}

function contrast(front: string, back: string): number {
  const [light, dark] = [luminance(front), luminance(back)].sort((left, right) => right - left);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
