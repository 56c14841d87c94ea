/**
 * The worker of the background blur: takes pictures, paints them, gives them back, and says once a
 * second how quick it was. Started by `blur.ts`; decides nothing about being too slow.
 */
import type { FromBlurWorker, ToBlurWorker } from "./blur-messages";
import { BlurPainter } from "./blur-painter";

/** How often the pace is told, in ms. */
const READING_MS = 1000;

interface WorkerScope {
  onmessage: ((event: MessageEvent<ToBlurWorker>) => void) | null;
  postMessage(message: FromBlurWorker, transfer?: Transferable[]): void;
}

const scope = self as unknown as WorkerScope;
const painter = BlurPainter.load();
let answer: ((picture: ImageBitmap | null) => void) | null = null;
let cameraPerS = 0;
let pictures = 0;
let busyMs = 0;
let since = performance.now();

scope.onmessage = ({ data: message }) => {
  switch (message.type) {
    case "pipe":
      cameraPerS = message.cameraPerS;
      pipe(message.readable, message.writable).catch(fail);
      return;
    case "ask":
      cameraPerS = message.cameraPerS;
      ask().catch(fail);
      return;
    case "picture":
      answer?.(message.picture);
  }
};

async function pipe(readable: ReadableStream<VideoFrame>, writable: WritableStream<VideoFrame>) {
  const reader = readable.getReader();
  const writer = writable.getWriter();
  const brush = await painter;
  begin();
  for (;;) {
    const { value: picture, done } = await reader.read();
    if (done) return;
    const began = performance.now();
    const { timestamp, displayWidth, displayHeight } = picture;
    const canvas = brush.paint(picture, displayWidth, displayHeight);
    picture.close();
    const painted = new VideoFrame(canvas, { timestamp, alpha: "discard" });
    // A track that ended takes nothing more.
    await writer.write(painted).catch(() => painted.close());
    count(performance.now() - began);
  }
}

async function ask() {
  const brush = await painter;
  begin();
  for (;;) {
    const began = performance.now();
    const picture = await new Promise<ImageBitmap | null>((done) => {
      answer = done;
      scope.postMessage({ type: "want" });
    });
    if (picture !== null) {
      const painted = brush.paint(picture, picture.width, picture.height).transferToImageBitmap();
      picture.close();
      scope.postMessage({ type: "painted", picture: painted }, [painted]);
      count(performance.now() - began);
    }
    // Not on the page's clock: that stands still while the page is hidden.
    const restMs = Math.max(0, 1000 / cameraPerS - (performance.now() - began));
    await new Promise((done) => setTimeout(done, restMs));
  }
}

function begin() {
  since = performance.now();
  setInterval(tell, READING_MS);
}

let hasRun = false;

function count(tookMs: number) {
  pictures += 1;
  busyMs += tookMs;
  if (!hasRun) scope.postMessage({ type: "running" });
  hasRun = true;
}

function tell() {
  const now = performance.now();
  if (hasRun) {
    scope.postMessage({
      type: "reading",
      reading: { pictures, busyMs, spanMs: now - since, cameraPerS },
    });
  }
  [pictures, busyMs, since] = [0, 0, now];
}

function fail(thrown: unknown) {
  scope.postMessage({ type: "failed", reason: String(thrown) });
}
