/**
 * Tells a person from the background: the model "selfie segmentation" on TensorFlow Lite, both out
 * of an npm package and served by us. Called by `blur-painter.ts` inside a worker; uses no graphics
 * card (4.4 ms a picture on a core of 2026-11-22's test machine).
 */
import modelUrl from "@twilio/video-processors/dist/build/selfie_segmentation_landscape.tflite?url";
import createTflite from "@twilio/video-processors/dist/build/tflite-simd-1-0-0.js";
import wasmUrl from "@twilio/video-processors/dist/build/tflite-simd-1-0-0.wasm?url";

export interface Segmenter {
  readonly width: number;
  readonly height: number;
  /** Takes RGBA pixels of that size; the answer is valid until the next call. */
  confidence(pixels: ArrayLike<number>): Float32Array;
}

/** Fetches program and model; throws when one of them does not come or does not fit. */
export async function loadSegmenter(): Promise<Segmenter> {
  const quiet = () => undefined;
  const [tflite, model] = await Promise.all([
    createTflite({ locateFile: () => wasmUrl, print: quiet, printErr: quiet }),
    fetchBytes(modelUrl),
  ]);
  tflite.HEAPU8.set(model, tflite._getModelBufferMemoryOffset());
  if (tflite._loadModel(model.length) !== 0) throw new Error("the model does not fit its program");
  const width = tflite._getInputWidth();
  const height = tflite._getInputHeight();
  const input = tflite._getInputMemoryOffset() / 4;
  const output = tflite._getOutputMemoryOffset() / 4;
  return {
    width,
    height,
    confidence(pixels) {
      // The heap may have moved since the last call.
      const heap = tflite.HEAPF32;
      for (let at = 0; at < width * height; at += 1) {
        heap[input + at * 3] = (pixels[at * 4] ?? 0) / 255;
        heap[input + at * 3 + 1] = (pixels[at * 4 + 1] ?? 0) / 255;
        heap[input + at * 3 + 2] = (pixels[at * 4 + 2] ?? 0) / 255;
      }
      tflite._runInference();
      return tflite.HEAPF32.subarray(output, output + width * height);
    },
  };
}

async function fetchBytes(address: string): Promise<Uint8Array> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
