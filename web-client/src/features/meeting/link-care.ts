/**
 * What is done about a weak link, over time: say so, then keep sound and documents and let the pictures
 * rest, until the person wants them back. Pure; time comes as a number.
 */

/** A link must be poor for so long before anything is said, in ms. */
export const SAY_AFTER_MS = 5_000;
/** … and for so long before the pictures rest, in ms: a lift or a lorry passes in less. */
export const REST_AFTER_MS = 15_000;
/** After the person took the pictures back nothing rests by itself for so long, in ms. */
export const CALM_MS = 120_000;

/** Whether the pictures rest, and who wanted it. */
export type Saving = "off" | "chosen" | "automatic";

export interface LinkCare {
  saving: Saving;
  /** Since when the link is poor; null while it is not. */
  poorSinceMs: number | null;
  /** Until then nothing rests by itself. */
  calmUntilMs: number;
}

export const NO_CARE: LinkCare = { saving: "off", poorSinceMs: null, calmUntilMs: 0 };

/** The care a moment later. */
export function watchLink(care: LinkCare, isPoor: boolean, nowMs: number): LinkCare {
  if (!isPoor) return care.poorSinceMs === null ? care : { ...care, poorSinceMs: null };
  const poorSinceMs = care.poorSinceMs ?? nowMs;
  const rests = care.saving === "off" && nowMs - poorSinceMs >= REST_AFTER_MS && nowMs >= care.calmUntilMs;
  if (!rests && poorSinceMs === care.poorSinceMs) return care;
  return { ...care, poorSinceMs, saving: rests ? "automatic" : care.saving };
}

/** The person lets the pictures rest, or takes them back. */
export function chooseSaving(care: LinkCare, isSaving: boolean, nowMs: number): LinkCare {
  return isSaving
    ? { ...care, saving: "chosen" }
    : { saving: "off", poorSinceMs: null, calmUntilMs: nowMs + CALM_MS };
}

/** Whether the trouble has lasted long enough to be said. */
export function isWorthSaying(care: LinkCare, nowMs: number): boolean {
  return care.poorSinceMs !== null && nowMs - care.poorSinceMs >= SAY_AFTER_MS;
}
