/**
 * What this browser sends over one peer connection: camera in three sizes, microphone, shared
 * screen and its sound. Called by `peer.ts`. Switching on and off swaps tracks and never
 * negotiates; must not open or stop devices, they belong to `local-media.ts`.
 */
import type { Source } from "../protocol/generated";
import {
  cameraEncodings,
  isLayered,
  isUplinkScarce,
  type LayeredEncoding,
  layeredEncodings,
  type NeededLayers,
  withFallback,
} from "./camera-layers";

/** Mid of each own source in every offer. */
export const MID_OF: Readonly<Record<Source, string>> = {
  camera: "cam",
  microphone: "mic",
  screen: "scr",
  screen_audio: "sca",
};

/** The track to send per source; null sends nothing. */
export type OwnTracks = Readonly<Record<Source, MediaStreamTrack | null>>;

export const NO_TRACKS: OwnTracks = { camera: null, microphone: null, screen: null, screen_audio: null };

const SCREEN_LIMIT_BPS = 2_500_000;
/** Text changes seldom; sparing pictures leaves bits for sharpness. */
const SCREEN_PICTURES_PER_S = 15;

export class Publisher {
  readonly #senders = new Map<Source, RTCRtpSender>();
  #tracks: OwnTracks = NO_TRACKS;
  #needed: NeededLayers = null;
  #isScarce = false;
  /** An answer that pauses a layer (`~f`, RFC 8853 section 5.1) would keep it from coming later. */
  #answering = false;
  /** Changes of layers follow one another: the browser refuses two at once. */
  #layers: Promise<void> = Promise.resolve();

  /** After the offer was set and before the answer is made: directions, layers, limits. */
  async prepare(transceivers: readonly RTCRtpTransceiver[]): Promise<void> {
    for (const source of Object.keys(MID_OF) as Source[]) {
      const transceiver = transceivers.find((one) => one.mid === MID_OF[source]);
      if (transceiver === undefined) continue;
      transceiver.direction = "sendonly";
      const isNew = this.#senders.get(source) !== transceiver.sender;
      this.#senders.set(source, transceiver.sender);
      if (isNew) await limit(source, transceiver.sender);
    }
    this.#answering = true;
    await this.#apply();
  }

  /** Sends these tracks from now on. */
  async send(tracks: OwnTracks): Promise<void> {
    const before = this.#tracks;
    this.#tracks = tracks;
    // Another camera may have another size.
    if (tracks.camera !== before.camera) await this.#apply();
    await Promise.all(
      [...this.#senders].map(([source, sender]) =>
        tracks[source] === before[source] && sender.track === tracks[source]
          ? undefined
          : // A track that ended in this very moment cannot be sent; its owner says so elsewhere.
            sender.replaceTrack(tracks[source]).catch(() => undefined),
      ),
    );
  }

  /** The server needs these layers of the camera. */
  need(layers: readonly string[]): Promise<void> {
    this.#needed = layers;
    return this.#apply();
  }

  /** The browser believes that so much can be sent; 0 when it does not know. */
  uplinkCarries(availableBps: number): void {
    const isScarce = isUplinkScarce(this.#needed, availableBps, this.#isScarce);
    if (isScarce === this.#isScarce) return;
    this.#isScarce = isScarce;
    void this.#apply();
  }

  /** After the answer is in force: stops again what `prepare` had started for it. */
  answered(): Promise<void> {
    this.#answering = false;
    return this.#apply();
  }

  #apply(): Promise<void> {
    this.#layers = this.#layers.then(async () => {
      const sender = this.#senders.get("camera");
      if (sender === undefined) return;
      const parameters = sender.getParameters();
      // Known once the answer is in force.
      if (isLayered(parameters.codecs?.[0]?.mimeType)) return this.#applyLayered(sender);
      const needed = this.#answering ? null : withFallback(this.#needed, this.#isScarce);
      const wanted = cameraEncodings(parameters.encodings, needed, this.#tracks.camera?.getSettings().height);
      const isSame = wanted.every((one, at) => {
        const now = parameters.encodings[at];
        return one.active === now?.active && one.scaleResolutionDownBy === now?.scaleResolutionDownBy;
      });
      if (isSame) return;
      parameters.encodings = wanted;
      await sender.setParameters(parameters).catch(() => undefined);
    });
    return this.#layers;
  }

  /** All sizes in one stream; a coder that cannot predict so is asked for the next best. */
  async #applyLayered(sender: RTCRtpSender): Promise<void> {
    const height = this.#tracks.camera?.getSettings().height;
    for (const suffix of ["_KEY", ""]) {
      const parameters = sender.getParameters();
      const before: readonly LayeredEncoding[] = parameters.encodings;
      const wanted = layeredEncodings(before, this.#needed, height, suffix);
      const [first, now] = [wanted[0], before[0]];
      const isSame =
        first?.scalabilityMode === now?.scalabilityMode &&
        first?.scaleResolutionDownBy === now?.scaleResolutionDownBy &&
        before.every((one, at) => one.active === wanted[at]?.active);
      if (isSame) return;
      parameters.encodings = wanted;
      const isTaken = await sender.setParameters(parameters).then(
        () => true,
        () => false,
      );
      if (isTaken) return;
    }
  }

  /** Which source a mid carries, for statistics. */
  sourceOf(mid: string): Source | undefined {
    return (Object.keys(MID_OF) as Source[]).find((source) => MID_OF[source] === mid);
  }
}

async function limit(source: Source, sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters();
  if (source === "camera") {
    parameters.encodings = cameraEncodings(parameters.encodings);
    // A layer that goes on alone after a smaller one is otherwise scaled down to that one's size and
    // stays there (Chromium 156: 180 lines instead of 360, "bandwidth", with 7 Mbit/s free).
    parameters.degradationPreference = "maintain-resolution";
  }
  for (const encoding of parameters.encodings) {
    if (source === "microphone") encoding.priority = "high";
    if (source === "screen") {
      encoding.maxBitrate = SCREEN_LIMIT_BPS;
      encoding.maxFramerate = SCREEN_PICTURES_PER_S;
    }
  }
  // An older browser that refuses one of these sends with its own limits instead.
  await sender.setParameters(parameters).catch(() => undefined);
}
