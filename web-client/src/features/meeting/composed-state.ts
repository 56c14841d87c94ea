/**
 * What stands in place of the composed picture, or that it is there. Pure.
 */
import type { ComposedStanding } from "../../protocol/generated";

export type ComposedState = ComposedStanding | "paused" | "resting";

export interface ComposedFacts {
  /** What the server said last; null before it has said anything. */
  standing: ComposedStanding | null;
  hasTrack: boolean;
  /** The own link has no room for it. */
  isPaused: boolean;
  /** The person lets all pictures rest. */
  isResting: boolean;
}

export function composedState({ standing, hasTrack, isPaused, isResting }: ComposedFacts): ComposedState {
  if (isResting) return "resting";
  if (standing !== null && standing !== "shown" && standing !== "making") return standing;
  if (isPaused) return "paused";
  // It may arrive before the word that it is there.
  return hasTrack ? "shown" : "making";
}

/** Nothing comes by waiting: the person may want the single pictures back. */
export function isTrouble(state: ComposedState): boolean {
  return state === "no_mixer" || state === "too_many" || state === "no_encoder" || state === "paused";
}
