/**
 * Watches how long the session still lives, so that nobody is signed out without a warning.
 *
 * Used by features/account/IdleGuard. Asks the server rarely: what other pages and a live call do
 * moves the end as well, so this page's own reckoning is only a reason to ask. Knows no React.
 */
import type { SessionLife } from "../protocol/generated";

/** The warning comes so long before the end, in seconds. */
export const WARN_S = 60;
/** Somebody who types without a question to the server is told of at most this often, in ms. */
const TELL_MS = 60_000;

/** In the last minute the server is asked anew so often, in ms: another page may have gone on. */
const ASK_MS = 10_000;

/** What the page does now. */
export type IdleStep =
  | { kind: "wait" }
  /** Ask how long the session lives. */
  | { kind: "ask" }
  /** Tell the server that somebody is there. */
  | { kind: "tell" }
  /** Warn: the session ends in `leftS`. */
  | { kind: "warn"; leftS: number };

/** What was last heard of the session. */
export interface HeardLife {
  life: SessionLife;
  atMs: number;
}

/** Decides from what was heard, the time, and for how many ms nobody has done anything. */
export function nextStep(heard: HeardLife | null, nowMs: number, resting: number): IdleStep {
  if (!heard) return { kind: "ask" };
  const ageMs = nowMs - heard.atMs;
  const leftS = Math.ceil(heard.life.left_s - ageMs / 1000);
  if (leftS <= WARN_S) return ageMs >= ASK_MS || leftS <= 0 ? { kind: "ask" } : { kind: "warn", leftS };
  return ageMs >= TELL_MS && resting < ageMs ? { kind: "tell" } : { kind: "wait" };
}
