/**
 * When to try to connect again: pure arithmetic. Called by `connection.ts`, which owns the timers.
 */

/** Waits before the 1st, 2nd, 3rd … new attempt, in ms. Most breaks are short. */
const WAITS_MS = [0, 250, 500, 1000, 2000] as const;
/** Wait after those: people shall be back within 3 s of the server's return. */
const STEADY_WAIT_MS = 2500;
/** Attempts (about two minutes) after which the break is a long one. */
const LONG_BREAK_ATTEMPTS = 50;
const LONGEST_WAIT_MS = 5000;
/** Share by which a wait varies, so that 277 sites do not come back in the same instant. */
const JITTER = 0.2;

/** Wait before attempt `attempt` (from 1) in ms; `random` lies in 0–1. */
export function waitBeforeAttempt(attempt: number, random: number): number {
  const later = attempt > LONG_BREAK_ATTEMPTS ? LONGEST_WAIT_MS : STEADY_WAIT_MS;
  const wait = WAITS_MS[Math.max(0, attempt - 1)] ?? later;
  return Math.round(wait * (1 + JITTER * (2 * random - 1)));
}

/**
 * How long attempt `attempt` (from 1) may take before it is given up, in ms. Short at first: a lost
 * first packet (SYN) is repeated by the system only after 1, 3 and 7 s, a new socket at once.
 */
export function attemptLimit(attempt: number): number {
  return Math.min(10_000, 2500 + 1500 * Math.max(0, attempt - 1));
}

/** One measurement of the clock by ping and pong. */
export interface ClockSample {
  rttMs: number;
  offsetMs: number;
}

/** The most exact of the newest samples: the one with the shortest round trip. */
export function bestClock(samples: readonly ClockSample[]): ClockSample | undefined {
  return samples.reduce<ClockSample | undefined>(
    (best, sample) => (best === undefined || sample.rttMs < best.rttMs ? sample : best),
    undefined,
  );
}
