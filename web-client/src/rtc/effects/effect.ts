/**
 * What an effect over an own device is, and how each is fetched: background blur over the camera,
 * strong noise suppression over the microphone. Called by `own-effects.ts`. The effects themselves
 * are loaded when first switched on; nothing of them may be part of the first load.
 */

export type EffectKind = "blur" | "noise";

/** Why an effect is off although the person wanted it. One sentence each in the locale files. */
export type EffectTrouble =
  /** This machine needs too long for each picture or sound. */
  | "too_slow"
  /** This browser lacks something that the effect needs. */
  | "unsupported"
  /** Its files did not come, or it broke. */
  | "failed";

/** A running effect. `source` stays open and belongs to who gave it. */
export interface Effect {
  readonly track: MediaStreamTrack;
  /** Ends the effect and its track, not the source. */
  stop(): void;
}

/**
 * Starts an effect over `source`; resolves when its track carries something, throws `EffectFailure`.
 * `onTrouble` is called at most once, later, when it cannot go on.
 */
export type StartEffect = (
  source: MediaStreamTrack,
  onTrouble: (trouble: EffectTrouble) => void,
) => Promise<Effect>;

export class EffectFailure extends Error {
  readonly trouble: EffectTrouble;

  constructor(trouble: EffectTrouble, reason: string) {
    super(reason);
    this.trouble = trouble;
  }
}

/** Each from a file of its own that our server holds. */
export const EFFECTS: Readonly<Record<EffectKind, StartEffect>> = {
  blur: async (source, onTrouble) => (await import("./blur")).startBlur(source, onTrouble),
  noise: async (source, onTrouble) => (await import("./noise")).startNoise(source, onTrouble),
};
