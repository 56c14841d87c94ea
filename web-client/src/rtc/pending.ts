/**
 * Requests that wait for `done` or `refused`, over breaks of the connection. Owned by
 * `connection.ts`; knows no socket.
 */
import type { Outcome, Refusal } from "../protocol/error-codes";
import type { ClientMessage, Request } from "../protocol/generated";

/** Most requests that may wait at once; more are refused on this side. */
export const MAX_PENDING = 64;
/** How long a request waits for its answer, breaks included, in ms. */
export const ANSWER_LIMIT_MS = 10_000;

/**
 * Requests that are not repeated after a break, because carrying them out twice is worse than not
 * at all. Everything else sets something to a value and may be repeated.
 */
const NEVER_REPEATED: ReadonlySet<Request["type"]> = new Set([
  "chat",
  "mute_all",
  "open_media",
  "answer",
  "restart_ice",
]);

interface Waiting {
  request: Request;
  isSent: boolean;
  settle(outcome: Outcome): void;
}

export class PendingRequests {
  readonly #waiting = new Map<number, Waiting>();

  /** Keeps `request` until it is answered; the promise never rejects. */
  add(id: number, request: Request): Promise<Outcome> {
    if (this.#waiting.size >= MAX_PENDING) return Promise.resolve(refused({ error: "connection_lost" }));
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(id, refused({ error: "no_answer" })), ANSWER_LIMIT_MS);
      const settle = (outcome: Outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      this.#waiting.set(id, { request, isSent: false, settle });
    });
  }

  /** What has not been sent yet; counts as sent from now on. */
  takeUnsent(): ClientMessage[] {
    const unsent: ClientMessage[] = [];
    for (const [id, waiting] of this.#waiting) {
      if (waiting.isSent) continue;
      waiting.isSent = true;
      unsent.push({ id, ...waiting.request });
    }
    return unsent;
  }

  done(id: number): boolean {
    return this.#settle(id, { ok: true });
  }

  refuse(id: number, refusal: Refusal): boolean {
    return this.#settle(id, refused(refusal));
  }

  /** The connection broke: what may be repeated waits for the next one. */
  connectionBroke(): void {
    for (const [id, waiting] of this.#waiting) {
      if (waiting.isSent && NEVER_REPEATED.has(waiting.request.type)) {
        this.#settle(id, refused({ error: "connection_lost" }));
      } else {
        waiting.isSent = false;
      }
    }
  }

  /** Nothing will be answered any more. */
  giveUp(): void {
    for (const id of [...this.#waiting.keys()]) this.#settle(id, refused({ error: "connection_lost" }));
  }

  #settle(id: number, outcome: Outcome): boolean {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.settle(outcome);
    return waiting !== undefined;
  }
}

function refused(refusal: Refusal): Outcome {
  return { ok: false, refusal };
}
