/**
 * A read-only picture of how the meeting runs, for support, the statistics page and end-to-end
 * tests: `window.__diemcau.snapshot()`. Fed by `live-meeting.ts`. Holds numbers and ids, no names,
 * texts or tokens, and can change nothing.
 */
import type { ParticipantId, SlotAssignment, Source } from "../protocol/generated";
import type { ConnectionCounts } from "../rtc/connection";
import type { InboundSample, MediaSample, OutboundSample } from "../rtc/stats";
import type { MeetingState } from "./meeting-store";

/** Steps from pressing join to the first remote picture, in order. */
export const JOIN_STEPS = ["welcome", "offer", "answer", "connected", "slots", "first_frame"] as const;
export type JoinStep = (typeof JOIN_STEPS)[number];

/** One picture that arrives now. `longestFreezeMs` and `freezes` count only its own time in its slot. */
export interface PictureFigures extends InboundSample {
  participant: ParticipantId;
  source: Source;
  freezes: number;
  longestFreezeMs: number;
}

export interface DiagnosticsSnapshot {
  atMs: number;
  phase: MeetingState["phase"];
  you: ParticipantId | null;
  connection: MeetingState["connection"] & ConnectionCounts & { rttMs: number; clockOffsetMs: number };
  media: {
    state: MeetingState["media"];
    leg: number | null;
    legsOpened: number;
    iceRestarts: number;
    transport: Omit<MediaSample, "inbound" | "outbound"> | null;
  };
  /** Milliseconds after join was pressed; null until reached. */
  join: Record<JoinStep, number | null>;
  pictures: readonly PictureFigures[];
  /** Sound energy heard per participant while in a voice slot (`totalAudioEnergy` of the browser). */
  voices: readonly { participant: ParticipantId; audioEnergy: number }[];
  outbound: readonly OutboundSample[];
  speakers: readonly ParticipantId[];
}

/** What is installed on `window`. */
export interface DiagnosticsHook {
  readonly version: 1;
  snapshot(): DiagnosticsSnapshot;
}

declare global {
  interface Window {
    __diemcau?: DiagnosticsHook;
  }
}

interface Freezes {
  mid: string;
  freezes: number;
  longestFreezeMs: number;
}

/** Sums up over samples what a single report cannot tell, because slots change hands. */
export class DiagnosticsLedger {
  readonly #energy = new Map<ParticipantId, number>();
  readonly #freezes = new Map<string, Freezes>();
  #before: MediaSample | null = null;
  #slotsBefore: readonly SlotAssignment[] = [];
  readonly #join = new Map<JoinStep, number>();
  #pressedMs = 0;

  /** Join was pressed at `nowMs`. */
  pressed(nowMs: number): void {
    this.#pressedMs = nowMs;
    this.#join.clear();
    mark("join");
  }

  /** A step was reached; only the first time counts. */
  reached(step: JoinStep, nowMs: number): void {
    if (this.#join.has(step)) return;
    this.#join.set(step, Math.round(nowMs - this.#pressedMs));
    mark(step);
  }

  /** A new sample, with the slots as they are now. */
  add(sample: MediaSample, slots: readonly SlotAssignment[]): void {
    const stayed = slots.filter((slot) =>
      this.#slotsBefore.some(
        (old) => old.mid === slot.mid && old.participant === slot.participant && old.source === slot.source,
      ),
    );
    for (const { mid, participant, source } of stayed) {
      const now = sample.inbound.find((one) => one.mid === mid);
      const old = this.#before?.inbound.find((one) => one.mid === mid);
      if (now === undefined || old === undefined) continue;
      if (now.kind === "audio") {
        const heard = Math.max(0, now.audioEnergy - old.audioEnergy);
        this.#energy.set(participant, (this.#energy.get(participant) ?? 0) + heard);
        continue;
      }
      const key = `${participant}:${source}`;
      const known = this.#freezes.get(key);
      const sum = known?.mid === mid ? known : { mid, freezes: 0, longestFreezeMs: 0 };
      this.#freezes.set(key, {
        mid,
        freezes: sum.freezes + Math.max(0, now.freezeCount - old.freezeCount),
        longestFreezeMs: Math.max(sum.longestFreezeMs, now.freezeMs),
      });
    }
    this.#before = sample;
    this.#slotsBefore = slots;
  }

  /** Forgets people who left, so that a long meeting does not grow this for ever. */
  keep(present: ReadonlyMap<ParticipantId, unknown>): void {
    for (const id of this.#energy.keys()) if (!present.has(id)) this.#energy.delete(id);
    for (const key of this.#freezes.keys()) {
      if (!present.has(Number.parseInt(key, 10))) this.#freezes.delete(key);
    }
  }

  get join(): Record<JoinStep, number | null> {
    const at = (step: JoinStep) => this.#join.get(step) ?? null;
    return {
      welcome: at("welcome"),
      offer: at("offer"),
      answer: at("answer"),
      connected: at("connected"),
      slots: at("slots"),
      first_frame: at("first_frame"),
    };
  }

  get voices(): DiagnosticsSnapshot["voices"] {
    return [...this.#energy].map(([participant, audioEnergy]) => ({ participant, audioEnergy }));
  }

  pictures(sample: MediaSample | null, slots: readonly SlotAssignment[]): PictureFigures[] {
    return slots.flatMap(({ mid, participant, source }) => {
      const figures = sample?.inbound.find((one) => one.mid === mid && one.kind === "video");
      if (figures === undefined) return [];
      const { freezes = 0, longestFreezeMs = 0 } = this.#freezes.get(`${participant}:${source}`) ?? {};
      return [{ ...figures, participant, source, freezes, longestFreezeMs }];
    });
  }
}

function mark(step: string): void {
  globalThis.performance?.mark?.(`diemcau:${step}`);
}
