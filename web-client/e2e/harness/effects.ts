/**
 * What the test of effects plays and measures: a portrait before a detailed wall, speech in steady
 * noise, and how much detail or noise of it arrives. Used by effects.e2e.ts.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { MEDIA_DIR, type Person, people } from "./clips.ts";

/** Eileen Collins in 1993: a NASA photograph in the public domain, cut out of scikit-image's "astronaut". */
const PORTRAIT = path.resolve(import.meta.dirname, "../../src/testing/person.jpg");

/** Parts of a 640×360 picture of the portrait: the face, and the flag at the wall. */
const FACE = { x: 230, y: 70, width: 80, height: 110 };
const WALL = { x: 4, y: 10, width: 80, height: 180 };

/** Seconds of noise alone before the speech begins, each time the sound file begins again. */
const PAUSE_S = 3;

/** Somebody whose camera shows the portrait and whose room hums while he speaks. */
export function portrait(): Person {
  mkdirSync(MEDIA_DIR, { recursive: true });
  const [first] = people as [Person];
  const camera = path.join(MEDIA_DIR, "portrait.mjpeg");
  const microphone = path.join(MEDIA_DIR, "speech-in-noise.wav");
  // Sways by a few pixels, as nobody sits quite still.
  const sway = "crop=624:350:'8+6*sin(2*PI*t/4)':5,scale=640:360,fps=25,trim=duration=8";
  make(camera, [
    ...["-loop", "1", "-framerate", "25", "-i", PORTRAIT, "-an", "-vf", sway],
    ...["-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p", "-f", "mjpeg"],
  ]);
  const noise = `anoisesrc=color=white:amplitude=0.02:seed=7:sample_rate=48000:duration=${PAUSE_S + 8}`;
  make(microphone, [
    ...["-i", first.microphone, "-f", "lavfi", "-i", noise, "-filter_complex"],
    `[0]adelay=${PAUSE_S * 1000}[speech];[speech][1]amix=inputs=2:duration=longest:normalize=0`,
    ...["-ac", "1", "-ar", "48000"],
  ]);
  return { name: "Lê Thị Mai Anh", unit: "Sở Công Thương", camera, smallCamera: camera, microphone };
}

function make(target: string, args: string[]): void {
  if (existsSync(target)) return;
  const part = `${target}.part${path.extname(target)}`;
  execFileSync("ffmpeg", ["-v", "error", "-y", ...args, part], { stdio: "inherit" });
  renameSync(part, target);
}

/** Runs before the client: keeps opened devices and connections where the test finds them. */
export const KEEP_MEDIA = `
  window.opened = [];
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    window.opened.push(...stream.getTracks());
    return stream;
  };
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) { super(...given); window.connections.push(this); }
  };`;

declare global {
  interface Window {
    opened: MediaStreamTrack[];
    connections: RTCPeerConnection[];
  }
}

/** Kinds of the devices that are open, as the browser's own light would tell. */
export function openDevices(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    window.opened.filter((track) => track.readyState === "live").map((track) => track.kind),
  );
}

/**
 * How much detail two parts of a picture have: the mean second difference of pixels four apart. Finer
 * detail is the encoder's own noise, coarser is light and shade, which a blurred wall keeps.
 */
export interface Detail {
  readonly face: number;
  readonly wall: number;
}

/**
 * Detail of the largest picture on the page, of each new picture for `spanMs`: the middle one, the
 * sharpest wall, and the longest time in ms between two pictures.
 */
export function detail(
  page: Page,
  spanMs: number,
): Promise<Detail & { sharpestWall: number; longestGapMs: number; pictures: number }> {
  return page.evaluate(
    async ({ spanMs, parts, step }) => {
      const largest = () =>
        [...document.querySelectorAll("video")]
          .filter((one) => one.videoWidth > 0)
          .sort((a, b) => b.clientWidth - a.clientWidth)[0];
      const limit = performance.now() + 10_000;
      while (largest() === undefined && performance.now() < limit) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      const video = largest();
      const pen = new OffscreenCanvas(640, 360).getContext("2d", { willReadFrequently: true });
      if (video === undefined || pen === null) throw new Error("no picture on the page");
      const edges = (part: { x: number; y: number; width: number; height: number }) => {
        const { data } = pen.getImageData(part.x, part.y, part.width, part.height);
        let sum = 0;
        const green = (x: number, y: number) => data[(y * part.width + x) * 4 + 1] ?? 0;
        for (let y = 0; y < part.height; y += 1) {
          for (let x = step; x + step < part.width; x += 1) {
            sum += Math.abs(green(x - step, y) - 2 * green(x, y) + green(x + step, y));
          }
        }
        return sum / (part.width * part.height);
      };
      const faces: number[] = [];
      const walls: number[] = [];
      let longestGapMs = 0;
      let last = performance.now();
      const until = last + spanMs;
      while (performance.now() < until) {
        await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
        longestGapMs = Math.max(longestGapMs, performance.now() - last);
        last = performance.now();
        pen.drawImage(video, 0, 0, 640, 360);
        faces.push(edges(parts.face));
        walls.push(edges(parts.wall));
      }
      const middle = (all: number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
      return {
        face: middle(faces),
        wall: middle(walls),
        sharpestWall: Math.max(...walls),
        longestGapMs,
        pictures: walls.length,
      };
    },
    { spanMs, parts: { face: FACE, wall: WALL }, step: 4 },
  );
}

/** Loudness in dB full scale of what arrives within `spanMs`: in pauses, and while somebody speaks. */
export function loudness(page: Page, spanMs: number): Promise<{ pauseDb: number; speechDb: number }> {
  return page.evaluate(async (spanMs) => {
    const tracks = window.connections.flatMap((connection) =>
      connection
        .getReceivers()
        .map((receiver) => receiver.track)
        .filter((track) => track.kind === "audio" && !track.muted),
    );
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 2048;
    for (const track of tracks) context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const readings: number[] = [];
    const until = performance.now() + spanMs;
    while (performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
      readings.push(10 * Math.log10(power + 1e-10));
    }
    await context.close();
    readings.sort((a, b) => a - b);
    const at = (share: number) => readings[Math.floor(share * readings.length)] ?? 0;
    return { pauseDb: at(0.12), speechDb: at(0.85) };
  }, spanMs);
}
