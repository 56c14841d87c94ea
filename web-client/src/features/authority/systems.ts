/**
 * The systems on which a root certificate is installed, the steps for each, and which of them
 * this browser seems to run on. Read by AuthorityPage.
 */
export const SYSTEMS = ["windows", "macos", "android", "ios", "firefox", "debian"] as const;
export type System = (typeof SYSTEMS)[number];

/** Steps of each system, in order; their words are `ca.<step>`. */
export const STEPS = {
  windows: ["windows_1", "windows_2", "windows_3", "windows_4"],
  macos: ["macos_1", "macos_2", "macos_3"],
  android: ["android_1", "android_2", "android_3"],
  ios: ["ios_1", "ios_2", "ios_3"],
  firefox: ["firefox_1", "firefox_2", "firefox_3"],
  debian: ["debian_1", "debian_2", "debian_3"],
} as const satisfies Record<System, readonly string[]>;

/** Systems that open the DER file; the others want PEM. */
export const TAKES_DER: ReadonlySet<System> = new Set(["windows", "macos", "android", "ios"]);

/** The system to show first; `touches` tells an iPad from a Mac. */
export function systemOf(userAgent: string, touches: number): System {
  if (/Android/u.test(userAgent)) return "android";
  if (/iPhone|iPad/u.test(userAgent) || (/Macintosh/u.test(userAgent) && touches > 1)) return "ios";
  if (/Firefox\//u.test(userAgent)) return "firefox";
  if (/Macintosh/u.test(userAgent)) return "macos";
  return /Linux|CrOS/u.test(userAgent) ? "debian" : "windows";
}
