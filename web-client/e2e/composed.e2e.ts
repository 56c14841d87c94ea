/**
 * The composed picture: three senders, each of one colour and one tone, in one picture with one sound that players get
 * by WHEP; encoded once for all of them, and there again soon after the mixer was killed.
 */
import { readdirSync, readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { hold, huesOf, sendColour } from "./harness/colours.ts";
import { report } from "./harness/figures.ts";
import { Server } from "./harness/server.ts";

/** Hues of the senders, in degrees. */
const HUES = [0, 120, 240];
/** Their tones, in Hz. */
const TONES = [440, 700, 1_150];

let server: Server;
let senders: Seat;
let viewers: Seat;

function tokenOf(name: string, role: string): string {
  return server.run("token", "--conference", "demo", "--name", name, "--role", role);
}

/** Watches by WHEP under `name`. */
async function watch(page: Page, name: string, url: string, token: string): Promise<number> {
  return page.evaluate(
    async ([name, url, token]) => {
      const peer = new RTCPeerConnection();
      peer.addTransceiver("video", { direction: "recvonly" });
      peer.addTransceiver("audio", { direction: "recvonly" });
      const shown = document.createElement("video");
      [shown.muted, shown.autoplay, shown.id] = [true, true, name];
      peer.ontrack = ({ streams, track }) => {
        shown.srcObject = streams[0] ?? null;
        document.body.append(shown);
        if (track.kind !== "audio") return;
        const audio = new AudioContext({ sampleRate: 48_000 });
        const analyser = new AnalyserNode(audio, { fftSize: 8_192, smoothingTimeConstant: 0 });
        audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
        Object.assign(shown, { analyser });
      };
      await peer.setLocalDescription(await peer.createOffer());
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/sdp" };
      const body = peer.localDescription?.sdp ?? "";
      const answer = await fetch(url, { method: "POST", headers, body });
      if (answer.status === 201)
        await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
      Object.assign(window, {
        [name]: { peer, resource: new URL(answer.headers.get("location") ?? "", url).href },
      });
      return answer.status;
    },
    [name, url, token] as const,
  );
}

/** Hues in the picture of `name`; pictures decoded, and their codec. */
async function seen(page: Page, name: string): Promise<{ hues: number[]; frames: number; codec: string }> {
  const decoded = await page.evaluate(async (name) => {
    const held = (window as unknown as Record<string, { peer: RTCPeerConnection }>)[name];
    const stats = (await held?.peer.getStats()) ?? new Map();
    const found = { frames: 0, codec: "" };
    for (const entry of stats.values()) {
      if (entry.type !== "inbound-rtp" || entry.kind !== "video") continue;
      found.frames = entry.framesDecoded ?? 0;
      found.codec = stats.get(entry.codecId)?.mimeType ?? "";
    }
    return found;
  }, name);
  const points = await huesOf(page, `#${name}`);
  return { ...decoded, hues: points.flatMap((point) => (point === null ? [] : [point])) };
}

/** How strong each of `TONES` is in the sound of `name`, above what lies between them, in dB. */
async function heard(page: Page, name: string): Promise<number[]> {
  return page.evaluate(
    ([name, tones]) => {
      const shown = document.getElementById(name) as (HTMLVideoElement & { analyser?: AnalyserNode }) | null;
      const analyser = shown?.analyser;
      if (!analyser) return tones.map(() => 0);
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      const level = (hertz: number): number => {
        const at = Math.round((hertz * analyser.fftSize) / analyser.context.sampleRate);
        return Math.max(-200, ...bins.slice(at - 1, at + 2));
      };
      return tones.map((hertz) => level(hertz) - Math.max(level(hertz * 1.2), -120));
    },
    [name, TONES] as const,
  );
}

async function until(what: string, condition: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  while (!(await condition())) {
    if (performance.now() - began > 30_000) {
      const { hues, frames } = await seen(viewers.page, "first");
      const figures = String((await server.request("GET", "/metrics")).json);
      const mixing = figures
        .split("\n")
        .filter((it) => it.startsWith("vc_mixer") && !it.includes("quantile"));
      throw new Error(
        `in vain: ${what}; ${frames} pictures, hues ${[...new Set(hues.map(Math.round))]}\n${mixing.join("\n")}`,
      );
    }
    await viewers.page.waitForTimeout(50);
  }
  return Math.round(performance.now() - began);
}

/** A figure of the server. */
async function figure(name: string): Promise<number> {
  const text = String((await server.request("GET", "/metrics")).json);
  const line = text.split("\n").find((it) => it.startsWith(`${name} `) || it.startsWith(`${name}{`));
  return Number(line?.split(" ").at(-1) ?? 0);
}

/** The mixer that this server has started. */
function mixer(): number {
  for (const entry of readdirSync("/proc").filter((it) => /^\d+$/.test(it))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      if (parent === server.pid && stat.includes("(diemcau-mixer)")) return Number(entry);
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error("no mixer runs");
}

beforeAll(async () => {
  server = await Server.start();
  const person = people[0];
  if (!person) throw new Error("no person");
  senders = await openSeat({ ...person, camera: person.smallCamera });
  viewers = await openSeat({ ...person, camera: person.smallCamera });
});

afterAll(async () => {
  await senders?.close();
  await viewers?.close();
  await server?.stop();
});

test("three senders in one picture for two players, encoded once, back after the mixer was killed", async () => {
  const api = `${server.url}/api/v1/conferences/demo`;
  for (const [at, hue] of HUES.entries()) {
    const token = tokenOf(`Điểm cầu ${at + 1}`, "delegate");
    expect(await sendColour(senders.page, `${api}/whip`, token, hue, TONES[at])).toBe(201);
  }
  const token = tokenOf("Màn hình sảnh", "listener");
  for (const name of ["first", "second"]) {
    expect(await watch(viewers.page, name, `${api}/whep?picture=composed`, token)).toBe(201);
  }
  const whole = async (name: string): Promise<boolean> => {
    const { hues } = await seen(viewers.page, name);
    return HUES.every((hue) => hold(hues, hue));
  };
  const first_ms = await until("every colour in the first player", () => whole("first"));
  await until("every colour in the second player", () => whole("second"));
  expect((await seen(viewers.page, "first")).codec).toBe("video/H264");
  const allTones = async (name: string): Promise<boolean> =>
    (await heard(viewers.page, name)).every((above_db) => above_db > 20);
  const sound_ms = await until("every tone in the first player", () => allTones("first"));
  await until("every tone in the second player", () => allTones("second"));
  await until("figures of the mixer", async () => (await figure("vc_mixer_sources")) === 3);
  expect(await figure("vc_mixer_programmes")).toBe(1);

  const before = await seen(viewers.page, "first");
  process.kill(mixer(), "SIGKILL");
  await until("the mixer to be missed", async () => server.output.includes("composed picture lost"));
  const frames = (await seen(viewers.page, "first")).frames;
  expect(frames).toBeGreaterThanOrEqual(before.frames);
  const back_ms = await until(
    "new pictures",
    async () => (await seen(viewers.page, "first")).frames > frames + 2,
  );
  await until("every colour again", () => whole("second"));
  await until("every tone again", () => allTones("second"));
  report("composed picture", { first_ms, sound_ms, back_ms });
  expect(back_ms).toBeLessThan(2_000);
  expect(server.run("journal", "verify")).toMatch(/^Nhật ký nguyên vẹn/);

  await viewers.page.evaluate(async (token) => {
    const held = window as unknown as Record<string, { peer: RTCPeerConnection; resource: string }>;
    for (const name of ["first", "second"]) {
      const { peer, resource } = held[name] as { peer: RTCPeerConnection; resource: string };
      await fetch(resource, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
      peer.close();
    }
  }, token);
  await until(
    "the picture to end with its last player",
    async () => (await figure("vc_mixer_programmes")) === 0,
  );
}, 120_000);
