/**
 * Lips and voice through the mixer: a sender whose picture turns white and whose tone begins at the same moment, and
 * a WHEP player of the composed picture that notes when it sees the one and hears the other.
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
const CLAP_EVERY_MS = 1_500;
const CLAP_MS = 400;

let server: Server;
let sender: Seat;
let viewer: Seat;

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
      let isOpen = false;
      const draw = (): void => {
        pen.fillStyle = isOpen ? "#fff" : "#203040";
        pen.fillRect(0, 0, 640, 360);
        track.requestFrame();
      };
      setInterval(draw, 40);
      setInterval(() => {
        isOpen = true;
        mouth.gain.setValueAtTime(0.4, audio.currentTime);
        claps.push(performance.timeOrigin + performance.now());
        draw();
        setTimeout(() => {
          isOpen = false;
          mouth.gain.setValueAtTime(0, audio.currentTime);
        }, length);
      }, every);
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

beforeAll(async () => {
  server = await Server.start();
  const person = people[0];
  if (!person) throw new Error("no person");
  sender = await openSeat({ ...person, camera: person.smallCamera });
  viewer = await openSeat({ ...person, camera: person.smallCamera });
});

afterAll(async () => {
  await sender?.close();
  await viewer?.close();
  await server?.stop();
});

test("voice and lips of the composed picture stay together", async () => {
  const api = `${server.url}/api/v1/conferences/demo`;
  const token = (name: string, role: string): string =>
    server.run("token", "--conference", "demo", "--name", name, "--role", role);
  await clap(sender.page, `${api}/whip`, token("Máy quay", "delegate"));
  await watch(viewer.page, `${api}/whep?picture=composed`, token("Màn hình sảnh", "listener"));
  const wanted = WARM_UP + CLAPS;
  await expect
    .poll(
      async () =>
        Math.min(
          ...(await Promise.all(["seen", "heard"].map((it) => noted(viewer.page, it)))).map(
            (it) => it.length,
          ),
        ),
      {
        timeout: 60_000,
        interval: 500,
      },
    )
    .toBeGreaterThanOrEqual(wanted);
  const claps = (await noted(sender.page, "claps")).slice(-CLAPS - 1);
  const after = (moments: number[], clap: number): number | undefined => {
    const first = moments.find((moment) => moment >= clap - 50);
    return first !== undefined && first - clap < CLAP_EVERY_MS - 50 ? first - clap : undefined;
  };
  const [seen, heard] = [await noted(viewer.page, "seen"), await noted(viewer.page, "heard")];
  const pairs = claps.flatMap((clap) => {
    const [picture, voice] = [after(seen, clap), after(heard, clap)];
    return picture === undefined || voice === undefined ? [] : [{ picture, voice }];
  });
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  const spread = (of: number[]): { p50_ms: number; p95_ms: number } => ({
    p50_ms: round(percentile(of, 0.5)),
    p95_ms: round(percentile(of, 0.95)),
  });
  report("lips and voice through the mixer", {
    claps: pairs.length,
    voice_behind_picture: spread(pairs.map(({ picture, voice }) => voice - picture)),
    apart: spread(pairs.map(({ picture, voice }) => Math.abs(voice - picture))),
    mouth_to_ear: spread(pairs.map(({ voice }) => voice)),
    glass_to_glass: spread(pairs.map(({ picture }) => picture)),
  });
  expect(pairs.length).toBeGreaterThan(CLAPS / 2);
}, 120_000);
