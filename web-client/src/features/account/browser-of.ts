/**
 * Reads browser and system out of what a browser calls itself, so that a person knows the machine.
 *
 * Used by SessionList. A guess for the eye; nothing depends on it.
 */

/** Undefined when the text does not tell. */
export interface BrowserGuess {
  browser: string | undefined;
  system: string | undefined;
  isPhone: boolean;
}

// The first that fits: Edge and Cốc Cốc also say Chrome, Chrome also says Safari.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg/u, "Edge"],
  [/\bcoc_coc_browser/u, "Cốc Cốc"],
  [/\bOPR\//u, "Opera"],
  [/\bFirefox\//u, "Firefox"],
  [/\bFxiOS\//u, "Firefox"],
  [/\b(Chrome|Chromium|CriOS)\//u, "Chrome"],
  [/\bSafari\//u, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bWindows\b/u, "Windows"],
  [/\bAndroid\b/u, "Android"],
  [/\biPhone\b/u, "iPhone"],
  [/\biPad\b/u, "iPad"],
  [/\bMac OS X\b/u, "macOS"],
  [/\bLinux\b/u, "Linux"],
];

export function browserOf(agent: string): BrowserGuess {
  const find = (list: typeof BROWSERS) => list.find(([pattern]) => pattern.test(agent))?.[1];
  return {
    browser: find(BROWSERS),
    system: find(SYSTEMS),
    isPhone: /\b(Mobile|iPhone|Android)\b/u.test(agent),
  };
}
