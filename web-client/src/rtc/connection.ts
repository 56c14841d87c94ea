/**
 * The signalling connection of one meeting: one WebSocket after another that together look like one
 * unbroken line. Greets, resumes, acknowledges, keeps alive, tries again. Used by
 * `state/live-meeting.ts`. Never gives up by itself while the server may come back, and never
 * touches media: pictures and sound go on while this is being resumed.
 */
import { decode } from "../protocol/decode";
import type { Outcome, Refusal } from "../protocol/error-codes";
import {
  CLOSE_CODES,
  type ClientMessage,
  type Refused,
  type Request,
  type ServerMessage,
  type Volatile,
} from "../protocol/generated";
import { attemptLimit, bestClock, type ClockSample, waitBeforeAttempt } from "./backoff";
import { PendingRequests } from "./pending";

/** How often the connection is measured, in ms. */
export const PING_MS = 2000;
/** Silence after which the connection counts as broken, in ms. */
export const SILENCE_LIMIT_MS = 5000;
/** The same after the network or the page came back, in ms. */
export const QUICK_LIMIT_MS = 1500;
/** Longest time that a handled message waits for its acknowledgement, in ms. */
export const ACK_MS = 1000;
/** Most handled messages without acknowledgement. */
export const ACK_EVERY = 32;
/** Clock samples kept. */
const MAX_CLOCK_SAMPLES = 8;
/** Told requests remembered, for the case that one of them is refused. */
const MAX_TOLD = 64;
/** Every so many failed attempts it is asked whether the person may still come in. */
const ADMISSION_EVERY = 4;

/** The part of a WebSocket that is used. */
export interface Socket {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

/** What the owner of a connection is told. */
export interface ConnectionEvents {
  /** `sinceMs` is `Date.now()` of the break or of the first attempt; 0 when open. */
  onState(state: "connecting" | "open" | "reconnecting" | "closed", attempt: number, sinceMs: number): void;
  onReliable(message: ServerMessage): void;
  onVolatile(message: Volatile): void;
  /** The line is whole again (or for the first time): `welcome` replaced everything, or it went on. */
  onReady(how: "welcome" | "resumed" | "waiting"): void;
  /** Not let in, or out for good; nothing follows. */
  onRefused(refusal: Refusal): void;
  /** Something told without waiting was refused. */
  onToldRefused(request: Request, refusal: Refused): void;
  onClock(clock: ClockSample): void;
}

export interface ConnectionOptions {
  openSocket(): Socket;
  /** What the person sends now; goes into every greeting. */
  media(): { microphone: boolean; camera: boolean };
  /** Whether the server would still let the person in; asked when attempts keep failing. */
  admission(): Promise<Refusal | null>;
  /** The first greeting takes over the place that the person holds elsewhere. */
  moves?: boolean;
  events: ConnectionEvents;
  random?: () => number;
}

/** Figures for diagnostics. */
export interface ConnectionCounts {
  seq: number;
  reconnects: number;
  unknownMessages: number;
  garbage: number;
  gaps: number;
  duplicates: number;
}

type Stage = "idle" | "opening" | "greeting" | "ready" | "pausing" | "closed";

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #random: () => number;
  readonly #pending = new PendingRequests();
  readonly #told = new Map<number, Request>();
  readonly #counts: ConnectionCounts = {
    seq: 0,
    reconnects: 0,
    unknownMessages: 0,
    garbage: 0,
    gaps: 0,
    duplicates: 0,
  };
  #stage: Stage = "idle";
  #socket: Socket | null = null;
  #attempt = 0;
  #sinceMs = 0;
  #wasReady = false;
  #resume: string | null = null;
  #ackedSeq = 0;
  #gapsInARow = 0;
  #lastId = 0;
  #helloId = 0;
  #heardMs = 0;
  #retryMs: number | null = null;
  #clock: ClockSample[] = [];
  #attemptTimer: ReturnType<typeof setTimeout> | undefined;
  #ackTimer: ReturnType<typeof setTimeout> | undefined;
  #quickTimer: ReturnType<typeof setTimeout> | undefined;
  #pingTimer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  get counts(): Readonly<ConnectionCounts> {
    return this.#counts;
  }

  get isReady(): boolean {
    return this.#stage === "ready";
  }

  start(): void {
    if (this.#stage !== "idle") return;
    this.#sinceMs = Date.now();
    globalThis.addEventListener?.("online", this.#onPageSign);
    globalThis.document?.addEventListener("visibilitychange", this.#onPageSign);
    this.#open();
  }

  /** Asks and waits for `done` or `refused`; survives breaks of the connection. Never rejects. */
  request(request: Request): Promise<Outcome> {
    if (this.#stage === "closed") {
      return Promise.resolve({ ok: false, refusal: { error: "connection_lost" } });
    }
    const answer = this.#pending.add(this.#nextId(), request);
    if (this.#stage === "ready") this.#sendUnsent();
    return answer;
  }

  /** Sends what needs no answer; false when there is no connection now. */
  tell(request: Request): boolean {
    if (this.#stage !== "ready") return false;
    const id = this.#nextId();
    this.#told.set(id, request);
    const [oldest] = this.#told.keys();
    if (this.#told.size > MAX_TOLD && oldest !== undefined) this.#told.delete(oldest);
    this.#send({ id, ...request });
    return true;
  }

  /** Tries at once instead of waiting for the next attempt. */
  reconnectNow(): void {
    if (this.#stage !== "pausing") return;
    clearTimeout(this.#attemptTimer);
    this.#open();
  }

  /** Ends the line for good. */
  close(): void {
    if (this.#stage === "closed") return;
    this.#letGoOfSocket();
    this.#stage = "closed";
    clearTimeout(this.#attemptTimer);
    globalThis.removeEventListener?.("online", this.#onPageSign);
    globalThis.document?.removeEventListener("visibilitychange", this.#onPageSign);
    this.#pending.giveUp();
    this.#options.events.onState("closed", 0, 0);
  }

  #open(): void {
    this.#attempt += 1;
    this.#stage = "opening";
    this.#tellState();
    const socket = this.#options.openSocket();
    this.#socket = socket;
    socket.onopen = () => this.#greet();
    socket.onmessage = (event) => this.#onFrame(event.data);
    socket.onclose = (event) => this.#onClose(event.code);
    // The very first attempt may take long: there is nothing to go back to.
    const limit = this.#wasReady ? attemptLimit(this.#attempt) : attemptLimit(this.#attempt + 3);
    this.#attemptTimer = setTimeout(() => this.#broke(), limit);
  }

  #greet(): void {
    this.#stage = "greeting";
    this.#helloId = this.#nextId();
    const resume = this.#resume === null ? {} : { resume: this.#resume, last_seq: this.#counts.seq };
    // Only as pressed: a line that comes back later must not snatch the place from where it went.
    const moves = this.#options.moves && !this.#wasReady ? { moves: true } : {};
    this.#send({ id: this.#helloId, type: "hello", ...resume, ...this.#options.media(), ...moves });
  }

  #onFrame(text: unknown): void {
    this.#heardMs = Date.now();
    const decoded = decode(text);
    switch (decoded.kind) {
      case "garbage":
        this.#counts.garbage += 1;
        return;
      case "unknown":
        this.#counts.unknownMessages += 1;
        return;
      case "reliable":
        this.#onReliable(decoded.seq, decoded.message);
        return;
      case "volatile":
        this.#onVolatile(decoded.message);
    }
  }

  #onReliable(seq: number, message: ServerMessage | null): void {
    const counts = this.#counts;
    const beginsAnew = message?.type === "welcome";
    if (!beginsAnew && counts.seq > 0) {
      if (seq <= counts.seq) {
        counts.duplicates += 1;
        return;
      }
      if (seq > counts.seq + 1) {
        counts.gaps += 1;
        this.#gapsInARow += 1;
        // Resuming fills a gap; if it does not, only a fresh picture helps.
        if (this.#gapsInARow > 1) this.#forgetPlace();
        this.#broke();
        return;
      }
    }
    this.#gapsInARow = 0;
    counts.seq = seq;
    if (beginsAnew) this.#ackedSeq = seq - 1;
    this.#scheduleAck();
    if (message === null) {
      counts.unknownMessages += 1;
      return;
    }
    if (message.type === "welcome" || message.type === "waiting") this.#resume = message.resume;
    if (message.type === "welcome") {
      this.#addClock({ rttMs: Number.POSITIVE_INFINITY, offsetMs: message.server_time_ms - Date.now() });
    }
    this.#options.events.onReliable(message);
    if (message.type === "welcome" || message.type === "waiting") this.#becomeReady(message.type);
    if (message.type === "ended") this.close();
  }

  #onVolatile(message: Volatile): void {
    switch (message.type) {
      case "resumed":
        this.#resume = message.resume;
        this.#options.events.onVolatile(message);
        this.#becomeReady("resumed");
        return;
      case "done":
        this.#told.delete(message.id);
        this.#pending.done(message.id);
        return;
      case "refused":
        this.#onRefused(message.id, message);
        return;
      case "pong": {
        const rttMs = Math.max(0, Date.now() - message.sent_ms);
        this.#addClock({ rttMs, offsetMs: message.server_time_ms - message.sent_ms - rttMs / 2 });
        return;
      }
      default:
        this.#options.events.onVolatile(message);
    }
  }

  #onRefused(id: number, message: Refused): void {
    const { error } = message;
    if (id === this.#helloId && this.#stage === "greeting") {
      if (error === "bad_resume" && this.#resume !== null) {
        this.#forgetPlace();
        this.#greet();
      } else if (error === "stopping") {
        this.#retryMs = message.retry_ms;
        this.#broke();
      } else if (error === "too_fast") {
        this.#broke();
      } else {
        this.#endRefused(message);
      }
      return;
    }
    if (this.#pending.refuse(id, message)) return;
    const told = this.#told.get(id);
    this.#told.delete(id);
    if (told !== undefined) this.#options.events.onToldRefused(told, message);
  }

  #onClose(code: number): void {
    const known = Object.values(CLOSE_CODES).find((close) => close.code === code);
    // A protocol error may come from a version that the server no longer speaks: a fresh greeting
    // either works or is refused in words.
    if (code === CLOSE_CODES.protocol.code && this.#resume !== null) this.#forgetPlace();
    else if (known?.comesBack === false) {
      this.#endRefused({ error: "connection_lost" });
      return;
    }
    this.#broke();
  }

  #becomeReady(how: "welcome" | "resumed" | "waiting"): void {
    if (this.#stage === "greeting") {
      clearTimeout(this.#attemptTimer);
      if (this.#wasReady) this.#counts.reconnects += 1;
      this.#stage = "ready";
      this.#wasReady = true;
      this.#attempt = 0;
      this.#sinceMs = 0;
      this.#retryMs = null;
      this.#tellState();
      clearInterval(this.#pingTimer);
      this.#pingTimer = setInterval(() => this.#beat(), PING_MS);
      this.#ping();
      this.#sendUnsent();
    }
    this.#options.events.onReady(how);
  }

  #beat(): void {
    if (Date.now() - this.#heardMs > SILENCE_LIMIT_MS) this.#broke();
    else this.#ping();
  }

  #ping(): void {
    this.#send({ id: this.#nextId(), type: "ping", sent_ms: Date.now() });
  }

  /** The network or the page came back: find out quickly whether the line still stands. */
  readonly #onPageSign = () => {
    if (globalThis.document?.visibilityState === "hidden") return;
    if (this.#stage === "pausing") this.reconnectNow();
    if (this.#stage !== "ready") return;
    const askedMs = Date.now();
    this.#ping();
    clearTimeout(this.#quickTimer);
    this.#quickTimer = setTimeout(() => {
      if (this.#stage === "ready" && this.#heardMs < askedMs) this.#broke();
    }, QUICK_LIMIT_MS);
  };

  #broke(): void {
    if (this.#stage === "closed" || this.#stage === "pausing") return;
    this.#letGoOfSocket();
    this.#pending.connectionBroke();
    if (this.#sinceMs === 0) this.#sinceMs = Date.now();
    this.#stage = "pausing";
    this.#tellState();
    const wait = Math.max(this.#retryMs ?? 0, waitBeforeAttempt(this.#attempt + 1, this.#random()));
    this.#retryMs = null;
    this.#attemptTimer = setTimeout(() => this.#open(), wait);
    if (this.#attempt > 0 && this.#attempt % ADMISSION_EVERY === 0) void this.#askAdmission();
  }

  async #askAdmission(): Promise<void> {
    const refusal = await this.#options.admission().catch(() => null);
    if (refusal !== null && this.#stage !== "ready" && this.#stage !== "closed") this.#endRefused(refusal);
  }

  #endRefused(refusal: Refusal): void {
    if (this.#stage === "closed") return;
    this.close();
    this.#options.events.onRefused(refusal);
  }

  #letGoOfSocket(): void {
    clearTimeout(this.#attemptTimer);
    clearTimeout(this.#ackTimer);
    clearTimeout(this.#quickTimer);
    clearInterval(this.#pingTimer);
    this.#ackTimer = undefined;
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #forgetPlace(): void {
    this.#resume = null;
    this.#counts.seq = 0;
    this.#ackedSeq = 0;
    this.#gapsInARow = 0;
  }

  #scheduleAck(): void {
    if (this.#counts.seq - this.#ackedSeq >= ACK_EVERY) this.#ack();
    else this.#ackTimer ??= setTimeout(() => this.#ack(), ACK_MS);
  }

  #ack(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    if (this.#stage !== "ready" || this.#counts.seq === this.#ackedSeq) return;
    this.#ackedSeq = this.#counts.seq;
    this.#send({ id: this.#nextId(), type: "ack", seq: this.#ackedSeq });
  }

  #addClock(sample: ClockSample): void {
    this.#clock = [...this.#clock, sample].slice(-MAX_CLOCK_SAMPLES);
    const best = bestClock(this.#clock);
    if (best !== undefined) this.#options.events.onClock(best);
  }

  #sendUnsent(): void {
    for (const message of this.#pending.takeUnsent()) this.#send(message);
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #tellState(): void {
    const { events } = this.#options;
    if (this.#stage === "ready") events.onState("open", 0, 0);
    else events.onState(this.#wasReady ? "reconnecting" : "connecting", this.#attempt, this.#sinceMs);
  }

  /** u32 on the wire; 0 is what the server answers to frames it could not read. */
  #nextId(): number {
    this.#lastId = this.#lastId >= 0xffff_ffff ? 1 : this.#lastId + 1;
    return this.#lastId;
  }
}
