/**
 * Background blur over a camera: starts the worker, feeds it, and gives up when the machine is too
 * slow. Fetched by `effect.ts` when first switched on. The camera stays with its owner.
 */
import type { FromBlurWorker, ToBlurWorker } from "./blur-messages";
import { type Effect, EffectFailure, type EffectTrouble } from "./effect";
import { isPictureSlow, Patience } from "./pace";

/** How long program, model and first picture may take, in ms; a slow line fetches 1 MB meanwhile. */
const START_LIMIT_MS = 30_000;
/** Pictures a second of a camera that promises none. */
const USUAL_PER_S = 25;

/** Whether the browser hands single pictures to a worker by itself (Chromium). */
const HAS_STREAMS = "MediaStreamTrackProcessor" in globalThis && "MediaStreamTrackGenerator" in globalThis;

export interface BlurOptions {
  /** Off in tests of the way that other browsers take. */
  usesStreams?: boolean;
}

/** What carries pictures to the worker and back. */
interface Way {
  readonly track: MediaStreamTrack;
  hear(message: FromBlurWorker): void;
  stop(): void;
}

type Tell = (message: ToBlurWorker, transfer?: Transferable[]) => void;

export async function startBlur(
  source: MediaStreamTrack,
  onTrouble: (trouble: EffectTrouble) => void,
  { usesStreams = HAS_STREAMS }: BlurOptions = {},
): Promise<Effect> {
  if (!("OffscreenCanvas" in globalThis)) throw new EffectFailure("unsupported", "no OffscreenCanvas");
  const worker = new Worker(new URL("./blur-worker.ts", import.meta.url), { type: "module" });
  const tell: Tell = (message, transfer = []) => worker.postMessage(message, transfer);
  const settings = source.getSettings();
  const way = (usesStreams ? byStreams : byCanvas)(source, settings.frameRate ?? USUAL_PER_S, tell);
  const patience = new Patience();
  const stop = () => {
    worker.terminate();
    way.stop();
    way.track.stop();
  };
  // The publisher chooses layers by the camera's size, which a made track does not tell.
  way.track.getSettings = () => ({ ...settings, deviceId: settings.deviceId ?? "" });
  way.track.contentHint = "motion";
  return new Promise((done, fail) => {
    let isRunning = false;
    const end = (trouble: EffectTrouble, reason: string) => {
      clearTimeout(timer);
      if (isRunning) onTrouble(trouble);
      else {
        stop();
        fail(new EffectFailure(trouble, reason));
      }
      worker.onmessage = null;
    };
    const timer = setTimeout(() => end("failed", "no picture came"), START_LIMIT_MS);
    worker.onerror = () => end("failed", "the worker did not start");
    worker.onmessage = ({ data: message }: MessageEvent<FromBlurWorker>) => {
      way.hear(message);
      if (message.type === "failed") end("failed", message.reason);
      if (message.type === "reading" && patience.isOver(isPictureSlow(message.reading))) {
        end("too_slow", "the machine is too slow");
      }
      if (message.type === "running" && !isRunning) {
        isRunning = true;
        clearTimeout(timer);
        done({ track: way.track, stop });
      }
    };
  });
}

/** Chromium: pictures flow past the page, also while it is hidden. */
function byStreams(source: MediaStreamTrack, cameraPerS: number, tell: Tell): Way {
  // Of its own, so that ending the effect ends the stream, and the camera goes on.
  const copy = source.clone();
  const { readable } = new MediaStreamTrackProcessor({ track: copy, maxBufferSize: 1 });
  const generator = new MediaStreamTrackGenerator({ kind: "video" });
  const { writable } = generator;
  tell({ type: "pipe", readable, writable, cameraPerS }, [readable, writable]);
  return { track: generator, hear: () => undefined, stop: () => copy.stop() };
}

/** Firefox, Safari: the worker asks, the page takes a picture from a video and shows the answer. */
function byCanvas(source: MediaStreamTrack, cameraPerS: number, tell: Tell): Way {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([source]);
  video.play().catch(() => undefined);
  const canvas = document.createElement("canvas");
  const { width = 1280, height = 720 } = source.getSettings();
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  const [track] = canvas.captureStream(cameraPerS).getVideoTracks();
  if (pen === null || track === undefined) throw new EffectFailure("unsupported", "no canvas track");
  const give = async () => {
    const hasPicture = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    const picture = hasPicture ? await createImageBitmap(video).catch(() => null) : null;
    tell({ type: "picture", picture }, picture === null ? [] : [picture]);
  };
  tell({ type: "ask", cameraPerS });
  return {
    track,
    hear(message) {
      if (message.type === "want") void give();
      if (message.type !== "painted") return;
      if (canvas.width !== message.picture.width) canvas.width = message.picture.width;
      if (canvas.height !== message.picture.height) canvas.height = message.picture.height;
      pen.drawImage(message.picture, 0, 0);
      message.picture.close();
    },
    stop() {
      video.srcObject = null;
    },
  };
}
