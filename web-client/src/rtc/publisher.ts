/**
 * What this browser sends over one peer connection: camera in three sizes, microphone, shared
 * screen and its sound. Called by `peer.ts`. Switching on and off swaps tracks and never
 * negotiates; must not open or stop devices, they belong to `local-media.ts`.
 */
import type { Source } from "../protocol/generated";

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

/** Camera layers by rid: share of the size and limit in bit/s (180p, 360p, 720p of a 720p camera). */
const CAMERA_LAYERS: Readonly<Record<string, { scale: number; limitBps: number }>> = {
  q: { scale: 4, limitBps: 150_000 },
  h: { scale: 2, limitBps: 500_000 },
  f: { scale: 1, limitBps: 1_700_000 },
};
const SCREEN_LIMIT_BPS = 2_500_000;
/** Text changes seldom; sparing pictures leaves bits for sharpness. */
const SCREEN_PICTURES_PER_S = 15;

/** `encodings` of the camera with sizes and limits set; unknown rids are left alone. */
export function cameraEncodings(encodings: readonly RTCRtpEncodingParameters[]): RTCRtpEncodingParameters[] {
  return encodings.map((encoding) => {
    const layer = CAMERA_LAYERS[encoding.rid ?? ""];
    if (layer === undefined) return { ...encoding, maxBitrate: CAMERA_LAYERS.f?.limitBps };
    return {
      ...encoding,
      active: true,
      scaleResolutionDownBy: layer.scale,
      maxBitrate: layer.limitBps,
      maxFramerate: 30,
    };
  });
}

export class Publisher {
  readonly #senders = new Map<Source, RTCRtpSender>();
  #tracks: OwnTracks = NO_TRACKS;

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
  }

  /** Sends these tracks from now on. */
  async send(tracks: OwnTracks): Promise<void> {
    const before = this.#tracks;
    this.#tracks = tracks;
    await Promise.all(
      [...this.#senders].map(([source, sender]) =>
        tracks[source] === before[source] && sender.track === tracks[source]
          ? undefined
          : // A track that ended in this very moment cannot be sent; its owner says so elsewhere.
            sender.replaceTrack(tracks[source]).catch(() => undefined),
      ),
    );
  }

  /** Which source a mid carries, for statistics. */
  sourceOf(mid: string): Source | undefined {
    return (Object.keys(MID_OF) as Source[]).find((source) => MID_OF[source] === mid);
  }
}

async function limit(source: Source, sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters();
  if (source === "camera") parameters.encodings = cameraEncodings(parameters.encodings);
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
