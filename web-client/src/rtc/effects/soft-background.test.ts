/** Rules of the softened background: no detail left, no halo of the person in it, edges without flicker. */
import { describe, expect, it } from "vitest";
import { SoftBackground } from "./soft-background";

const WIDTH = 64;
const HEIGHT = 36;

/** A picture out of a colour per pixel, and how sure each pixel is the person. */
function picture(paint: (x: number, y: number) => { grey: number; person: number }) {
  const pixels = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
  const confidence = new Float32Array(WIDTH * HEIGHT);
  for (let at = 0; at < confidence.length; at += 1) {
    const { grey, person } = paint(at % WIDTH, Math.floor(at / WIDTH));
    pixels.set([grey, grey, grey, 255], at * 4);
    confidence[at] = person;
  }
  return { pixels, confidence };
}

const red = (pixels: Uint8ClampedArray, x: number, y: number) => pixels[(y * WIDTH + x) * 4] ?? -1;
const alpha = (pixels: Uint8ClampedArray, x: number, y: number) => pixels[(y * WIDTH + x) * 4 + 3] ?? -1;

describe("the soft background", () => {
  it("leaves nothing of a pattern", () => {
    const soft = new SoftBackground(WIDTH, HEIGHT);
    const { pixels, confidence } = picture((x) => ({ grey: x % 2 === 0 ? 0 : 200, person: 0 }));
    soft.update(pixels, confidence);
    for (let x = 0; x < WIDTH; x += 1) expect(Math.abs(red(soft.background, x, 18) - 100)).toBeLessThan(20);
  });

  it("keeps the person's brightness out of the wall beside", () => {
    const soft = new SoftBackground(WIDTH, HEIGHT);
    const { pixels, confidence } = picture((x) =>
      x < 32 ? { grey: 255, person: 1 } : { grey: 40, person: 0 },
    );
    soft.update(pixels, confidence);
    expect(red(soft.background, 33, 18)).toBeLessThan(46);
  });

  it("is opaque where there is nothing but the person", () => {
    const soft = new SoftBackground(WIDTH, HEIGHT);
    const { pixels, confidence } = picture(() => ({ grey: 90, person: 1 }));
    soft.update(pixels, confidence);
    expect(alpha(soft.background, 10, 10)).toBe(255);
    expect(red(soft.background, 10, 10)).toBeGreaterThan(80);
  });

  it("cuts out who is surely the person, and fades rather than jumps", () => {
    const soft = new SoftBackground(WIDTH, HEIGHT);
    const here = picture(() => ({ grey: 90, person: 1 }));
    const gone = picture(() => ({ grey: 90, person: 0 }));
    for (let time = 0; time < 8; time += 1) soft.update(here.pixels, here.confidence);
    expect(alpha(soft.mask, 5, 5)).toBeGreaterThan(250);
    soft.update(gone.pixels, gone.confidence);
    expect(alpha(soft.mask, 5, 5)).toBeGreaterThan(30);
    for (let time = 0; time < 8; time += 1) soft.update(gone.pixels, gone.confidence);
    expect(alpha(soft.mask, 5, 5)).toBe(0);
  });
});
