/**
 * When a media connection is sick and what is done about it: pure state machine over signs of life
 * and time. Called by `media-session.ts` every second and on every sign; the answer is carried out
 * there. The mild remedy (ICE restart) comes first; a new connection when it did not help.
 */

/**
 * Silence after which media counts as broken, in ms. The browser checks the path every 2.5 s, and a
 * cut of up to 5 s heals by itself when packets pass again.
 */
export const SILENT_MS = 6000;
/** How long a remedy may take before a stronger one is tried, in ms. */
export const REMEDY_MS = 4000;
/** How long a new connection may take to stand, in ms: DTLS over a poor line needs a few rounds. */
export const OPENING_MS = 8000;
/** Longest time between two new connections, in ms; the server allows one in two seconds. */
const LONGEST_PAUSE_MS = 16_000;

export type Remedy = "none" | "restart_ice" | "open_media";

export class Healing {
  #state: "closed" | "opening" | "connected" | "restarting" = "closed";
  #sinceMs = 0;
  #lifeMs = 0;
  #life = 0;
  #openedInARow = 0;

  /** Somebody asked for a new connection at `nowMs`. */
  opening(nowMs: number): void {
    this.#enter("opening", nowMs);
    this.#openedInARow += 1;
  }

  /** ICE and DTLS stand. */
  connected(nowMs: number): void {
    this.#enter("connected", nowMs);
    this.#lifeMs = nowMs;
    this.#openedInARow = 0;
  }

  /** An ICE restart was asked for. */
  restarting(nowMs: number): void {
    if (this.#state !== "opening") this.#enter("restarting", nowMs);
  }

  closed(): void {
    this.#state = "closed";
    this.#openedInARow = 0;
  }

  /** Whether an attempt to heal is under way. */
  get isBusy(): boolean {
    return this.#state === "restarting" || this.#state === "opening";
  }

  /** What to do at `nowMs`, when `signsOfLife` have been counted in all. */
  look(nowMs: number, signsOfLife: number): Remedy {
    if (signsOfLife !== this.#life) {
      this.#life = signsOfLife;
      this.#lifeMs = nowMs;
      // The path works again by itself or by the restart.
      if (this.#state === "restarting" && nowMs - this.#sinceMs > 0) this.#enter("connected", nowMs);
    }
    switch (this.#state) {
      case "closed":
        return "none";
      case "connected":
        return nowMs - this.#lifeMs >= SILENT_MS ? "restart_ice" : "none";
      case "restarting":
        return nowMs - this.#sinceMs >= REMEDY_MS ? "open_media" : "none";
      case "opening": {
        const patience = Math.min(LONGEST_PAUSE_MS, OPENING_MS * Math.max(1, this.#openedInARow - 1));
        return nowMs - this.#sinceMs >= patience ? "open_media" : "none";
      }
    }
  }

  #enter(state: "opening" | "connected" | "restarting", nowMs: number): void {
    this.#state = state;
    this.#sinceMs = nowMs;
  }
}
