/**
 * What this browser receives over one peer connection: the pool of picture slots by mid, and the
 * voices, which are played as they are, each through its own hidden element. Called by `peer.ts`.
 * Who sits in which slot is told by the server and kept elsewhere.
 */
import { voiceLevel } from "./levels";

/** Whether the browser plays sound; it may insist on a press of the person first. */
export type SoundListener = (isBlocked: boolean) => void;

export class Subscriber {
  readonly #tracks = new Map<string, MediaStreamTrack>();
  readonly #receivers = new Map<string, RTCRtpReceiver>();
  readonly #elements = new Map<string, HTMLAudioElement>();
  readonly #onSound: SoundListener;
  #speakerId: string;

  constructor(speakerId: string, onSound: SoundListener) {
    this.#speakerId = speakerId;
    this.#onSound = onSound;
  }

  /** Takes the pool out of the negotiated transceivers; sounds begin to play. */
  take(transceivers: readonly RTCRtpTransceiver[]): void {
    for (const { mid, receiver } of transceivers) {
      if (mid === null || !isSlot(mid) || this.#tracks.has(mid)) continue;
      this.#tracks.set(mid, receiver.track);
      this.#receivers.set(mid, receiver);
      if (receiver.track.kind === "audio") this.#play(mid, receiver.track);
    }
  }

  track(mid: string): MediaStreamTrack | undefined {
    return this.#tracks.get(mid);
  }

  /** Loudness 0–1 of the voice in this slot now. */
  level(mid: string): number {
    const receiver = this.#receivers.get(mid);
    return receiver === undefined ? 0 : voiceLevel(receiver);
  }

  async statsOf(mid: string): Promise<RTCStatsReport | undefined> {
    return this.#receivers.get(mid)?.getStats();
  }

  /** Plays through this device from now on; "" is the system's choice. */
  async setSpeaker(speakerId: string): Promise<void> {
    this.#speakerId = speakerId;
    await Promise.all([...this.#elements.values()].map((element) => this.#route(element)));
  }

  /** After the browser blocked sound: tries again, from within a press of the person. */
  async unblock(): Promise<void> {
    await Promise.all([...this.#elements.values()].map((element) => this.#start(element)));
  }

  close(): void {
    for (const element of this.#elements.values()) {
      element.pause();
      element.srcObject = null;
      element.remove();
    }
    this.#elements.clear();
  }

  #play(mid: string, track: MediaStreamTrack): void {
    const element = document.createElement("audio");
    element.autoplay = true;
    element.hidden = true;
    element.dataset.slot = mid;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    this.#elements.set(mid, element);
    void this.#route(element);
    void this.#start(element);
  }

  async #start(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
      this.#onSound(false);
    } catch (thrown) {
      if (thrown instanceof DOMException && thrown.name === "NotAllowedError") this.#onSound(true);
    }
  }

  async #route(element: HTMLAudioElement): Promise<void> {
    if (!("setSinkId" in element) || element.sinkId === this.#speakerId) return;
    // A speaker that was unplugged: the system's own is better than silence.
    await element.setSinkId(this.#speakerId).catch(() => element.setSinkId("").catch(() => undefined));
  }
}

/** Whether `mid` names a slot of the pool (`v0`…, `a0`…) and not one of the own sources. */
export function isSlot(mid: string): boolean {
  return /^[va]\d{1,2}$/.test(mid);
}
