/**
 * Whether somebody sits at this page: notes keys, clicks, touches and scrolling.
 *
 * Asked by http.ts before each question to the server and by state/idle-watch.ts. Knows nothing of
 * sessions and never asks the server itself.
 */

/** What is asked so long after the last key or click still counts as somebody's doing, in ms. */
const RECENT_MS = 20_000;
const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart"] as const;

let lastMs = performance.now();

for (const sign of SIGNS) {
  window.addEventListener(sign, noteSomebody, { capture: true, passive: true });
}

/** Somebody did something just now. */
export function noteSomebody(): void {
  lastMs = performance.now();
}

/** Milliseconds since somebody did something. */
export function restingMs(): number {
  return performance.now() - lastMs;
}

/** Whether what is asked now is somebody's doing. */
export function isSomebodyThere(): boolean {
  return restingMs() < RECENT_MS;
}
