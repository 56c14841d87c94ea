/**
 * Paints a picture anew with its background blurred: the person is cut out at full size, the
 * background comes from a small copy. Called by `blur-worker.ts`; knows nothing of tracks.
 */
import { loadSegmenter, type Segmenter } from "./segmenter";
import { SoftBackground } from "./soft-background";

export class BlurPainter {
  readonly #segmenter: Segmenter;
  readonly #soft: SoftBackground;
  readonly #small: OffscreenCanvasRenderingContext2D;
  readonly #mask: OffscreenCanvasRenderingContext2D;
  readonly #background: OffscreenCanvasRenderingContext2D;
  readonly #large: OffscreenCanvasRenderingContext2D;
  readonly #maskPixels: ImageData;
  readonly #backgroundPixels: ImageData;

  private constructor(segmenter: Segmenter) {
    const { width, height } = segmenter;
    this.#segmenter = segmenter;
    this.#soft = new SoftBackground(width, height);
    this.#small = pen(width, height, true);
    this.#mask = pen(width, height);
    this.#background = pen(width, height);
    this.#large = pen(width, height);
    this.#maskPixels = new ImageData(this.#soft.mask, width, height);
    this.#backgroundPixels = new ImageData(this.#soft.background, width, height);
  }

  static async load(): Promise<BlurPainter> {
    return new BlurPainter(await loadSegmenter());
  }

  /** The canvas with the blurred picture, `width` × `height`; valid until the next call. */
  paint(picture: CanvasImageSource, width: number, height: number): OffscreenCanvas {
    const { width: smallWidth, height: smallHeight } = this.#segmenter;
    this.#small.drawImage(picture, 0, 0, smallWidth, smallHeight);
    const { data } = this.#small.getImageData(0, 0, smallWidth, smallHeight);
    this.#soft.update(data, this.#segmenter.confidence(data));
    this.#mask.putImageData(this.#maskPixels, 0, 0);
    this.#background.putImageData(this.#backgroundPixels, 0, 0);
    const large = this.#large;
    if (large.canvas.width !== width || large.canvas.height !== height) {
      large.canvas.width = width;
      large.canvas.height = height;
    }
    large.globalCompositeOperation = "copy";
    large.drawImage(this.#mask.canvas, 0, 0, width, height);
    large.globalCompositeOperation = "source-in";
    large.drawImage(picture, 0, 0, width, height);
    large.globalCompositeOperation = "destination-over";
    large.drawImage(this.#background.canvas, 0, 0, width, height);
    return large.canvas;
  }
}

function pen(width: number, height: number, isRead = false): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: isRead });
  if (context === null) throw new Error("this browser draws nothing inside a worker");
  return context;
}
