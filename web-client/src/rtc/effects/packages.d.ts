/**
 * Types of what the effects use and nobody describes: the TensorFlow Lite program of the blur, and
 * the two Chromium interfaces that hand single pictures to a worker.
 */

declare module "@twilio/video-processors/dist/build/tflite-simd-1-0-0.js" {
  interface Tflite {
    readonly HEAPU8: Uint8Array;
    readonly HEAPF32: Float32Array;
    _getModelBufferMemoryOffset(): number;
    /** 0 when it fits. */
    _loadModel(bytes: number): number;
    _getInputWidth(): number;
    _getInputHeight(): number;
    _getInputMemoryOffset(): number;
    _getOutputMemoryOffset(): number;
    _runInference(): number;
  }
  const create: (options: {
    locateFile: () => string;
    print: (line: string) => void;
    printErr: (line: string) => void;
  }) => Promise<Tflite>;

  // biome-ignore lint/style/noDefaultExport: the package has no other.
  export default create;
}

declare class MediaStreamTrackProcessor {
  constructor(options: { track: MediaStreamTrack; maxBufferSize?: number });
  readonly readable: ReadableStream<VideoFrame>;
}

declare class MediaStreamTrackGenerator extends MediaStreamTrack {
  constructor(options: { kind: "video" });
  readonly writable: WritableStream<VideoFrame>;
}
