/**
 * The background of a small picture, blurred without the person in it, and the person's mask. Pure
 * arithmetic on pixels; called by `blur-painter.ts` for every picture, so it allocates nothing.
 */

/** Half the width of one blur pass, in pixels of the small picture (256 wide: a fortieth of it). */
const RADIUS_PX = 6;
const PASSES = 2;
/** Confidence below which a pixel is background, and above which it is the person. */
const SURELY_NOT = 0.25;
const SURELY = 0.75;
/** Weight of the newest mask; the rest is the one before, so that edges do not flicker. */
const NEWEST = 0.7;
/** Weight that the person's own pixels keep, so that there is something to show far from any wall. */
const LEAST_WEIGHT = 0.004;

export class SoftBackground {
  /** RGBA of the blurred background, opaque. */
  readonly background: Uint8ClampedArray<ArrayBuffer>;
  /** RGBA whose alpha is the person. */
  readonly mask: Uint8ClampedArray<ArrayBuffer>;
  readonly #width: number;
  readonly #height: number;
  readonly #person: Float32Array;
  /** Red, green and blue times weight, and the weight; one plane each. */
  readonly #planes: readonly [Float32Array, Float32Array, Float32Array, Float32Array];
  readonly #line: Float32Array;

  constructor(width: number, height: number) {
    const size = width * height;
    this.#width = width;
    this.#height = height;
    this.background = new Uint8ClampedArray(size * 4).fill(255);
    this.mask = new Uint8ClampedArray(size * 4);
    this.#person = new Float32Array(size);
    this.#planes = [
      new Float32Array(size),
      new Float32Array(size),
      new Float32Array(size),
      new Float32Array(size),
    ];
    this.#line = new Float32Array(Math.max(width, height));
  }

  /** `pixels` is RGBA, `confidence` says 0 to 1 how surely each pixel is a person. */
  update(pixels: ArrayLike<number>, confidence: ArrayLike<number>): void {
    const [red, green, blue, weight] = this.#planes;
    const person = this.#person;
    for (let at = 0; at < person.length; at += 1) {
      const sure = steep(confidence[at] ?? 0);
      const smooth = NEWEST * sure + (1 - NEWEST) * (person[at] ?? 0);
      person[at] = smooth;
      this.mask[at * 4 + 3] = smooth * 255;
      const share = Math.max(LEAST_WEIGHT, 1 - Math.max(smooth, sure));
      red[at] = (pixels[at * 4] ?? 0) * share;
      green[at] = (pixels[at * 4 + 1] ?? 0) * share;
      blue[at] = (pixels[at * 4 + 2] ?? 0) * share;
      weight[at] = share;
    }
    for (const plane of this.#planes) {
      for (let pass = 0; pass < PASSES; pass += 1) this.#spread(plane);
    }
    for (let at = 0; at < person.length; at += 1) {
      const share = weight[at] ?? 1;
      this.background[at * 4] = (red[at] ?? 0) / share;
      this.background[at * 4 + 1] = (green[at] ?? 0) / share;
      this.background[at * 4 + 2] = (blue[at] ?? 0) / share;
    }
  }

  /** One box blur of `plane`, along rows and then along columns. */
  #spread(plane: Float32Array): void {
    const [width, height] = [this.#width, this.#height];
    for (let y = 0; y < height; y += 1) average(plane, y * width, 1, width, this.#line);
    for (let x = 0; x < width; x += 1) average(plane, x, width, height, this.#line);
  }
}

/** Smooth step between the two confidences. */
function steep(confidence: number): number {
  const share = Math.min(1, Math.max(0, (confidence - SURELY_NOT) / (SURELY - SURELY_NOT)));
  return share * share * (3 - 2 * share);
}

/** Replaces `length` values from `start`, `step` apart, by the mean of their neighbours. */
function average(plane: Float32Array, start: number, step: number, length: number, line: Float32Array): void {
  for (let at = 0; at < length; at += 1) line[at] = plane[start + at * step] ?? 0;
  let sum = 0;
  let count = 0;
  for (let at = 0; at < Math.min(RADIUS_PX, length); at += 1) {
    sum += line[at] ?? 0;
    count += 1;
  }
  for (let at = 0; at < length; at += 1) {
    const comes = at + RADIUS_PX;
    if (comes < length) {
      sum += line[comes] ?? 0;
      count += 1;
    }
    const goes = at - RADIUS_PX - 1;
    if (goes >= 0) {
      sum -= line[goes] ?? 0;
      count -= 1;
    }
    plane[start + at * step] = sum / count;
  }
}
