/** What `blur.ts` and its worker say to each other. Types only. */
import type { PictureReading } from "./pace";

export type ToBlurWorker =
  /** Pictures come and go by themselves. */
  | {
      type: "pipe";
      readable: ReadableStream<VideoFrame>;
      writable: WritableStream<VideoFrame>;
      cameraPerS: number;
    }
  /** Pictures are asked for one by one. */
  | { type: "ask"; cameraPerS: number }
  /** The answer to `want`; null when the camera has none yet. */
  | { type: "picture"; picture: ImageBitmap | null };

export type FromBlurWorker =
  | { type: "want" }
  | { type: "painted"; picture: ImageBitmap }
  /** The first blurred picture went out. */
  | { type: "running" }
  | { type: "reading"; reading: PictureReading }
  | { type: "failed"; reason: string };
