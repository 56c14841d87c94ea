/**
 * Lips and voice through the mixer: a sender whose picture turns white and whose tone begins at the same moment, and
 * two WHEP players that note when they see the one and hear the other: one of the composed picture, and beside it one
 * that is forwarded the sender as he is, which shows how far sender, browser and the noting itself put the two apart.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { percentile, report } from "./harness/figures.ts";
import { Server } from "./harness/server.ts";

/** Claps that are measured; the first ones, while clocks are still being learned, are not. */
const CLAPS = 16;
const WARM_UP = 5;
const CLAP_EVERY_MS = 1_520;
const CLAP_MS = 400;

let server: Server;
let sender: Seat;
/** Who watches what: the composed picture, and what is forwarded without the mixer. */
const WAYS = { composed: "?picture=composed", forwarded: "" } as const;
type Way = keyof typeof WAYS;
const viewers: Partial<Record<Way, Seat>> = {};

/** Sends a dark picture that is white, and a silence that is a tone, during each clap; by WHIP. */
async function clap(page: Page, url: string, token: string): Promise<void> {
  await page.evaluate(
    async ([url, token, every, length]) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [640, 360];
      const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
      const track = canvas.captureStream(0).getVideoTracks()[0] as CanvasCaptureMediaStreamTrack;
      const audio = new AudioContext({ sampleRate: 48_000, latencyHint: 0 });
      const sound = audio.createMediaStreamDestination();
      const mouth = new GainNode(audio, { gain: 0 });
      const tone = new OscillatorNode(audio, { frequency: 800 });
      tone.connect(mouth).connect(sound);
      tone.start();
      const claps: number[] = [];
      let pictures = 0;
      // Claps begin and end with a picture of the even flow: one in between would be late, or left out.
      setInterval(() => {
        const at = (pictures++ * 40) % every;
        if (at === 0) {
          mouth.gain.setValueAtTime(0.4, audio.currentTime);
          claps.push(performance.timeOrigin + performance.now());
        } else if (at === length) {
          mouth.gain.setValueAtTime(0, audio.currentTime);
        }
        pen.fillStyle = at < length ? "#fff" : "#203040";
        pen.fillRect(0, 0, 640, 360);
        track.requestFrame();
      }, 40);
      const peer = new RTCPeerConnection();
      const stream = new MediaStream([track, ...sound.stream.getTracks()]);
      for (const one of stream.getTracks())
        peer.addTransceiver(one, { direction: "sendonly", streams: [stream] });
      await peer.setLocalDescription(await peer.createOffer());
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/sdp" };
      const answer = await fetch(url, {
        method: "POST",
        headers,
        body: peer.localDescription?.sdp ?? "",
      });
      await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
      Object.assign(window, { claps, peer });
    },
    [url, token, CLAP_EVERY_MS, CLAP_MS] as const,
  );
}

/** Watches by WHEP and notes when the picture turns white and when the tone begins, as wall time in ms. */
async function watch(page: Page, url: string, token: string): Promise<void> {
  await page.evaluate(
    async ([url, token]) => {
      const peer = new RTCPeerConnection();
      for (const kind of ["video", "audio"]) peer.addTransceiver(kind, { direction: "recvonly" });
      const shown = document.createElement("video");
      [shown.muted, shown.autoplay] = [true, true];
      document.body.append(shown);
      const seen: number[] = [];
      const heard: number[] = [];
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [16, 9];
      const pen = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
      let isWhite = false;
      const look = (_: number, frame: VideoFrameCallbackMetadata): void => {
        pen.drawImage(shown, 0, 0, 16, 9);
        const bright = (pen.getImageData(8, 4, 1, 1).data[0] ?? 0) > 140;
        if (bright && !isWhite) seen.push(performance.timeOrigin + frame.expectedDisplayTime);
        isWhite = bright;
        shown.requestVideoFrameCallback(look);
      };
      shown.requestVideoFrameCallback(look);
      const listen = (track: MediaStreamTrack): void => {
        const audio = new AudioContext({ sampleRate: 48_000, latencyHint: 0 });
        const analyser = new AnalyserNode(audio, { fftSize: 8_192 });
        audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
        const samples = new Float32Array(8_192);
        let quietSince = 0;
        setInterval(() => {
          const now = performance.timeOrigin + performance.now();
          analyser.getFloatTimeDomainData(samples);
          const first = samples.findIndex((sample) => Math.abs(sample) > 0.02);
          if (first < 0) {
            quietSince ||= now;
          } else if (quietSince > 0 && first > 0) {
            // Where it begins within the last 170 ms, to the sample.
            heard.push(now - (samples.length - first) / 48);
            quietSince = 0;
          }
        }, 10);
      };
      const stream = new MediaStream();
      shown.srcObject = stream;
      peer.ontrack = ({ track }) => {
        stream.addTrack(track);
        if (track.kind === "audio") listen(track);
      };
      await peer.setLocalDescription(await peer.createOffer());
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/sdp" };
      const answer = await fetch(url, {
        method: "POST",
        headers,
        body: peer.localDescription?.sdp ?? "",
      });
      await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
      Object.assign(window, { seen, heard, peer });
    },
    [url, token] as const,
  );
}

/** The moments that a page has noted. */
async function noted(page: Page, what: string): Promise<number[]> {
  return page.evaluate((what) => (window as unknown as Record<string, number[]>)[what] ?? [], what);
}

/** How far apart the two were seen and heard after each clap, in ms. */
interface Pair {
  picture: number;
  voice: number;
}

/** What a page noted after each clap; claps that it did not see or hear are left out. */
async function pairs(page: Page, claps: readonly number[]): Promise<Pair[]> {
  const [seen, heard] = [await noted(page, "seen"), await noted(page, "heard")];
  const after = (moments: number[], clap: number): number | undefined => {
    const first = moments.find((moment) => moment >= clap - 50);
    return first !== undefined && first - clap < CLAP_EVERY_MS - 50 ? first - clap : undefined;
  };
  return claps.flatMap((clap) => {
    const [picture, voice] = [after(seen, clap), after(heard, clap)];
    return picture === undefined || voice === undefined ? [] : [{ picture, voice }];
  });
}

function figures(of: readonly Pair[]): Record<string, unknown> {
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  const spread = (values: number[]): { p50_ms: number; p95_ms: number } => ({
    p50_ms: round(percentile(values, 0.5)),
    p95_ms: round(percentile(values, 0.95)),
  });
  return {
    claps: of.length,
    voice_behind_picture: spread(of.map(({ picture, voice }) => voice - picture)),
    apart: spread(of.map(({ picture, voice }) => Math.abs(voice - picture))),
    mouth_to_ear: spread(of.map(({ voice }) => voice)),
    glass_to_glass: spread(of.map(({ picture }) => picture)),
  };
}

beforeAll(async () => {
  server = await Server.start();
  const person = people[0];
  if (!person) throw new Error("no person");
  const open = (): Promise<Seat> => openSeat({ ...person, camera: person.smallCamera });
  sender = await open();
  for (const way of Object.keys(WAYS) as Way[]) viewers[way] = await open();
});

afterAll(async () => {
  await sender?.close();
  for (const viewer of Object.values(viewers)) await viewer.close();
  await server?.stop();
});

test("voice and lips of the composed picture stay together", async () => {
  const api = `${server.url}/api/v1/conferences/demo`;
  const token = (name: string, role: string): string =>
    server.run("token", "--conference", "demo", "--name", name, "--role", role);
  const { composed, forwarded } = viewers;
  if (!composed || !forwarded) throw new Error("no viewers");
  await clap(sender.page, `${api}/whip`, token("Máy quay", "delegate"));
  for (const way of Object.keys(WAYS) as Way[]) {
    await watch((viewers[way] as Seat).page, `${api}/whep${WAYS[way]}`, token(`Màn hình ${way}`, "listener"));
  }
  const least = async (): Promise<number> => {
    const counts = [composed, forwarded].flatMap(({ page }) =>
      ["seen", "heard"].map(async (what) => (await noted(page, what)).length),
    );
    return Math.min(...(await Promise.all(counts)));
  };
  await expect.poll(least, { timeout: 90_000, interval: 500 }).toBeGreaterThanOrEqual(WARM_UP + CLAPS);
  const claps = (await noted(sender.page, "claps")).slice(-CLAPS - 1);
  const through = await pairs(composed.page, claps);
  report("lips and voice through the mixer", figures(through));
  report("lips and voice forwarded beside it", figures(await pairs(forwarded.page, claps)));
  expect(through.length).toBeGreaterThan(CLAPS / 2);
}, 150_000);
