/**
 * Media of one meeting over all its connections (legs): asks for one, answers its offers, heals it,
 * and keeps slots, wishes and own tracks in step with the newest. Used by `state/live-meeting.ts`.
 * Signalling may break and resume without anything here being torn down.
 */
import type { LegId, Relay, Request, SlotAssignment, Volatile, Wish } from "../protocol/generated";
import { Healing } from "./healing";
import { VOICE_INTERVAL_MS } from "./levels";
import { Peer } from "./peer";
import { NO_TRACKS, type OwnTracks } from "./publisher";
import { type MediaSample, sampleOf } from "./stats";

/** How often statistics are taken, in ms. */
const SAMPLE_MS = 1000;
/** How long after signalling came back media may stay silent before it counts as lost, in ms. */
const PROBE_MS = 300;
/** How long a "disconnected" path may come back by itself, in ms. */
const DISCONNECTED_MS = 1000;
/** Pause after the server refused a new connection, in ms; it allows one in two seconds. */
const REFUSED_PAUSE_MS = 2000;
/** How often the first picture is looked for while joining, in ms. */
const FIRST_FRAME_MS = 40;
/** How long it is looked for, in ms. */
const FIRST_FRAME_LIMIT_MS = 15_000;

export interface MediaEvents {
  /** Sends to the server without waiting; false when signalling is down now. */
  tell(request: Request): boolean;
  onState(state: "none" | "connecting" | "connected" | "reconnecting"): void;
  onSlots(slots: readonly SlotAssignment[], trackByMid: (mid: string) => MediaStreamTrack | undefined): void;
  onSound(isBlocked: boolean): void;
  /** The first remote picture of this meeting was decoded, or a step on the way was reached. */
  onStep(step: "offer" | "answer" | "connected" | "slots" | "first_frame"): void;
}

export class MediaSession {
  readonly #events: MediaEvents;
  readonly #healing = new Healing();
  #peer: Peer | null = null;
  #tracks: OwnTracks = NO_TRACKS;
  #wishes: readonly Wish[] = [];
  #slots: readonly SlotAssignment[] = [];
  #speakerId: string;
  #sample: MediaSample | null = null;
  #wasConnected = false;
  #isClosed = false;
  #hasFirstFrame = false;
  #looksForFrame = false;
  #legsOpened = 0;
  #iceRestarts = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(speakerId: string, events: MediaEvents) {
    this.#speakerId = speakerId;
    this.#events = events;
  }

  /** The newest statistics; null before the first. */
  get sample(): MediaSample | null {
    return this.#sample;
  }

  get slots(): readonly SlotAssignment[] {
    return this.#slots;
  }

  get counts(): { legsOpened: number; iceRestarts: number; leg: LegId | null; state: string } {
    return {
      legsOpened: this.#legsOpened,
      iceRestarts: this.#iceRestarts,
      leg: this.#peer?.leg ?? null,
      state: this.#peer?.state ?? "none",
    };
  }

  /** Signalling is whole. `isFresh`: the server sent everything anew and may have been restarted. */
  signallingReady(isFresh: boolean): void {
    if (this.#isClosed) return;
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => void this.#look(), SAMPLE_MS);
      globalThis.addEventListener?.("online", this.#onNetworkChange);
    }
    if (this.#peer === null) {
      if (!this.#healing.isBusy || isFresh) this.#open();
      return;
    }
    this.#tellWishes();
    void this.#probe(isFresh);
  }

  handle(message: Volatile): void {
    switch (message.type) {
      case "offer":
        void this.#answer(message.leg, message.sdp, message.relay);
        return;
      case "media_connected":
        if (message.leg === this.#peer?.leg) this.#connected();
        return;
      case "media_lost":
        if (message.leg === this.#peer?.leg) this.#open();
        return;
      case "slots":
        if (message.leg !== this.#peer?.leg) return;
        if (message.slots.length > 0) this.#step("slots");
        this.#slots = message.slots;
        this.#tellSlots();
        return;
      case "wanted":
        if (message.leg === this.#peer?.leg && message.source === "camera") {
          void this.#peer.publisher.need(message.layers);
        }
        return;
      default:
        return;
    }
  }

  /** Something that `tell` sent was refused. */
  refused(request: Request, code: string): void {
    switch (request.type) {
      case "open_media":
        // Full or stopping: the server may have room again soon.
        if (code !== "not_allowed") setTimeout(() => this.#openUnlessConnected(), REFUSED_PAUSE_MS);
        return;
      case "answer":
      case "restart_ice":
        if (request.leg === this.#peer?.leg) this.#open();
        return;
      case "watch":
        // While a new leg is on its way its wishes are told again after the answer.
        if (code === "no_such_leg" && !this.#healing.isBusy) this.#open();
        return;
      default:
        return;
    }
  }

  /** Sends these own tracks from now on. */
  send(tracks: OwnTracks): void {
    this.#tracks = tracks;
    void this.#peer?.publisher.send(tracks);
  }

  /** The window shows these pictures from now on. */
  wish(wishes: readonly Wish[]): void {
    this.#wishes = wishes;
    this.#tellWishes();
  }

  /** Loudness 0–1 of the slot `mid`, 4 times a second at most, as long as it is listened to. */
  onSlotLevel(midNow: () => string | undefined, listener: (level: number) => void): () => void {
    let last = 0;
    const timer = setInterval(() => {
      const mid = midNow();
      const level = mid === undefined ? 0 : (this.#peer?.subscriber.level(mid) ?? 0);
      if (level !== last) listener(level);
      last = level;
    }, VOICE_INTERVAL_MS);
    return () => clearInterval(timer);
  }

  setSpeaker(speakerId: string): void {
    this.#speakerId = speakerId;
    void this.#peer?.subscriber.setSpeaker(speakerId);
  }

  async unblockSound(): Promise<void> {
    await this.#peer?.subscriber.unblock();
  }

  /** Lets go of the connection; a later `signallingReady` begins anew. */
  reset(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    globalThis.removeEventListener?.("online", this.#onNetworkChange);
    this.#healing.closed();
    this.#peer?.close();
    this.#peer = null;
    this.#sample = null;
    this.#slots = [];
    this.#wasConnected = false;
    this.#events.onState("none");
  }

  close(): void {
    this.#isClosed = true;
    this.reset();
  }

  #open(): void {
    if (this.#isClosed) return;
    this.#events.onState(this.#wasConnected ? "reconnecting" : "connecting");
    // Without signalling the next `signallingReady` or look of `healing` asks again.
    if (!this.#events.tell({ type: "open_media" })) return;
    this.#legsOpened += 1;
    this.#healing.opening(Date.now());
  }

  #openUnlessConnected(): void {
    if (this.#peer?.state !== "connected") this.#open();
  }

  #restart(): void {
    const peer = this.#peer;
    if (peer === null) return;
    this.#events.onState("reconnecting");
    // Without signalling `signallingReady` looks again.
    if (!this.#events.tell({ type: "restart_ice", leg: peer.leg })) return;
    this.#iceRestarts += 1;
    this.#healing.restarting(Date.now());
  }

  async #answer(leg: LegId, offer: string, relay: Relay | undefined): Promise<void> {
    if (this.#isClosed) return;
    this.#step("offer");
    let peer = this.#peer;
    if (peer === null || peer.leg !== leg) {
      // The last pictures stay on the screen until slots of the new leg replace them.
      peer?.close();
      peer = new Peer(leg, this.#speakerId, {
        onState: (state) => this.#onPeerState(leg, state),
        onSound: (isBlocked) => this.#events.onSound(isBlocked),
      });
      this.#peer = peer;
      this.#sample = null;
      this.#slots = [];
    }
    const sdp = await peer.answer(offer, this.#tracks, relay).catch(() => null);
    // An offer that cannot be answered is left to `healing`, which asks for a new connection.
    if (sdp === null || peer !== this.#peer) return;
    this.#events.tell({ type: "answer", leg, sdp });
    this.#step("answer");
    // Tracks may have changed while the answer was being made.
    void peer.publisher.send(this.#tracks);
    this.#tellWishes();
    this.#tellSlots();
  }

  #onPeerState(leg: LegId, state: RTCPeerConnectionState): void {
    if (leg !== this.#peer?.leg) return;
    if (state === "connected") this.#connected();
    else if (state === "failed") {
      if (!this.#healing.isBusy) this.#restart();
    } else if (state === "disconnected") {
      setTimeout(() => {
        if (this.#peer?.leg === leg && this.#peer.state === "disconnected" && !this.#healing.isBusy) {
          this.#restart();
        }
      }, DISCONNECTED_MS);
    }
  }

  #connected(): void {
    this.#step("connected");
    this.#wasConnected = true;
    this.#healing.connected(Date.now());
    this.#events.onState("connected");
    void this.#lookForFirstFrame();
  }

  async #look(): Promise<void> {
    const sample = await this.#takeSample();
    const remedy = this.#healing.look(Date.now(), sample?.signsOfLife ?? 0);
    if (remedy === "restart_ice") this.#restart();
    else if (remedy === "open_media") this.#open();
    else if (!this.#healing.isBusy && this.#peer?.state === "connected") this.#events.onState("connected");
  }

  async #takeSample(): Promise<MediaSample | null> {
    const peer = this.#peer;
    const report = await peer?.stats().catch(() => undefined);
    if (report === undefined || peer !== this.#peer) return null;
    this.#sample = sampleOf(report as unknown as Iterable<[string, unknown]>, this.#sample);
    peer?.publisher.uplinkCarries(this.#sample.availableOutgoingBps);
    return this.#sample;
  }

  /** After a break of signalling: is media still alive, or did the server lose it with its memory? */
  async #probe(isFresh: boolean): Promise<void> {
    const peer = this.#peer;
    const signs = async () => {
      const report = await peer?.stats().catch(() => undefined);
      return report === undefined
        ? 0
        : sampleOf(report as unknown as Iterable<[string, unknown]>, null).signsOfLife;
    };
    const before = await signs();
    await new Promise((done) => setTimeout(done, PROBE_MS));
    if (peer === null || peer !== this.#peer || this.#healing.isBusy) return;
    if ((await signs()) !== before) return;
    if (isFresh) this.#open();
    else this.#restart();
  }

  readonly #onNetworkChange = () => {
    if (this.#peer !== null && !this.#healing.isBusy) this.#restart();
  };

  #tellWishes(): void {
    if (this.#peer !== null) this.#events.tell({ type: "watch", wishes: [...this.#wishes] });
  }

  #tellSlots(): void {
    const peer = this.#peer;
    if (peer !== null && this.#slots.length > 0) {
      this.#events.onSlots(this.#slots, (mid) => peer.subscriber.track(mid));
    } else if (peer !== null && peer.state === "connected") {
      this.#events.onSlots([], () => undefined);
    }
  }

  async #lookForFirstFrame(): Promise<void> {
    if (this.#looksForFrame) return;
    this.#looksForFrame = true;
    const endMs = Date.now() + FIRST_FRAME_LIMIT_MS;
    while (!this.#hasFirstFrame && !this.#isClosed && Date.now() < endMs) {
      for (const { mid } of this.#slots.filter((slot) => slot.mid.startsWith("v"))) {
        const report = await this.#peer?.subscriber.statsOf(mid);
        report?.forEach((stat: { framesDecoded?: number }) => {
          if ((stat.framesDecoded ?? 0) > 0) this.#hasFirstFrame = true;
        });
        if (this.#hasFirstFrame) break;
      }
      if (this.#hasFirstFrame) this.#step("first_frame");
      else await new Promise((done) => setTimeout(done, FIRST_FRAME_MS));
    }
  }

  #step(step: "offer" | "answer" | "connected" | "slots" | "first_frame"): void {
    this.#events.onStep(step);
  }
}
