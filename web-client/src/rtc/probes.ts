/**
 * What the connection test measures by itself: delay and clock, bandwidth both ways, and whether media
 * is reached over UDP, over TCP and through TLS, with a real media connection that carries nothing.
 *
 * Called by features/check. Shows nothing and never throws for a network that fails: failure is the
 * result.
 */
import {
  answerCheckLeg,
  checkClock,
  checkDownload,
  checkUpload,
  closeCheckLeg,
  openCheckLeg,
} from "../protocol/check";
import type { CheckLeg } from "../protocol/generated";
import { HttpError } from "../protocol/http";
import { iceServers } from "./relay";

/** Questions asked for delay and clock. */
const CLOCK_SAMPLES = 5;
/** How long each direction of bandwidth is measured, in ms. */
export const BANDWIDTH_MS = 10_000;
/** First and largest piece of a bandwidth probe, in bytes. */
const FIRST_BYTES = 128 << 10;
const LARGEST_BYTES = 4 << 20;
/** How long a media connection may take, in ms. */
const REACH_MS = 8_000;
/** Pause before a busy server is asked again, in ms. */
const BUSY_MS = 2_000;

export interface ClockAnswer {
  delayMs: number;
  /** The server's time minus ours. */
  offsetMs: number;
}

/** Null when the server does not answer. */
export async function measureClock(): Promise<ClockAnswer | null> {
  const samples: ClockAnswer[] = [];
  for (let at = 0; at < CLOCK_SAMPLES; at += 1) {
    const [asked, askedMs] = [performance.now(), Date.now()];
    const answer = await checkClock().catch(() => null);
    if (answer === null) continue;
    const delayMs = performance.now() - asked;
    samples.push({ delayMs, offsetMs: answer.server_time_ms - askedMs - delayMs / 2 });
  }
  // The quickest answer tells the clock best: it waited least on the way.
  return samples.sort((left, right) => left.delayMs - right.delayMs)[0] ?? null;
}

/** kbit/s towards the browser; null when nothing came. `onPart` gets the share of the time passed. */
export function measureDownload(onPart: (share: number) => void): Promise<number | null> {
  return measure(onPart, async (bytes, isOver) => {
    const response = await checkDownload(bytes);
    if (!response.ok || response.body === null) throw new HttpError({ error: "busy", retry_s: 1 });
    const reader = response.body.getReader();
    let got = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return got;
      got += value.byteLength;
      if (isOver()) {
        await reader.cancel();
        return got;
      }
    }
  });
}

/** kbit/s towards the server; null when nothing went. */
export function measureUpload(onPart: (share: number) => void): Promise<number | null> {
  const noise = new Uint8Array(LARGEST_BYTES);
  for (let at = 0; at < noise.length; at += 65_536) crypto.getRandomValues(noise.subarray(at, at + 65_536));
  return measure(onPart, async (bytes) => (await checkUpload(noise.slice(0, bytes))).bytes);
}

/** Moves growing pieces for ten seconds: a weak link gets small ones and an answer all the same. */
async function measure(
  onPart: (share: number) => void,
  move: (bytes: number, isOver: () => boolean) => Promise<number>,
): Promise<number | null> {
  const started = performance.now();
  const passed = () => performance.now() - started;
  const isOver = () => passed() >= BANDWIDTH_MS;
  const timer = setInterval(() => onPart(Math.min(1, passed() / BANDWIDTH_MS)), 500);
  let size = FIRST_BYTES;
  let moved = 0;
  let busyMs = 0;
  try {
    while (!isOver()) {
      const begun = performance.now();
      try {
        moved += await move(size, isOver);
        if (performance.now() - begun < 1000) size = Math.min(size * 2, LARGEST_BYTES);
      } catch (thrown) {
        if (!(thrown instanceof HttpError) || thrown.refusal.error === "unreachable") break;
        await new Promise((done) => setTimeout(done, BUSY_MS));
        busyMs += performance.now() - begun;
      }
    }
  } finally {
    clearInterval(timer);
  }
  const tookMs = passed() - busyMs;
  return moved === 0 || tookMs <= 0 ? null : (moved * 8) / tookMs;
}

export type Reached =
  | { isReached: true; tookMs: number }
  | { isReached: false; why: "blocked" | "busy" | "unreachable" | "not_offered" };

/** One way to media: straight over UDP, straight over TCP, or through TURN inside TLS. */
export type Way = "udp" | "tcp" | "tls";

/** Opens a media connection by `way` alone, or by whichever way gets through. */
export async function measureReach(way: Way | "any"): Promise<Reached> {
  const leg = await openCheckLeg().catch((thrown: unknown) => thrown);
  if (leg instanceof Error || typeof leg !== "object" || leg === null || !("key" in leg)) {
    const isAway = leg instanceof HttpError && leg.refusal.error === "unreachable";
    return { isReached: false, why: isAway ? "unreachable" : "busy" };
  }
  const { key, sdp, relay } = leg as CheckLeg;
  if (way === "tls" && relay === undefined) {
    void closeCheckLeg(key).catch(() => undefined);
    return { isReached: false, why: "not_offered" };
  }
  const connection = new RTCPeerConnection({
    bundlePolicy: "max-bundle",
    ...(way === "tls" || way === "any" ? { iceServers: iceServers(relay) } : {}),
    ...(way === "tls" ? { iceTransportPolicy: "relay" } : {}),
  });
  try {
    const started = performance.now();
    const offered = way === "any" ? sdp : onlyCandidates(sdp, way);
    await connection.setRemoteDescription({ type: "offer", sdp: offered });
    await connection.setLocalDescription(await connection.createAnswer());
    await answerCheckLeg(key, connection.localDescription?.sdp ?? "");
    const isReached = await connected(connection);
    return isReached
      ? { isReached, tookMs: performance.now() - started }
      : { isReached: false, why: "blocked" };
  } catch {
    return { isReached: false, why: "unreachable" };
  } finally {
    connection.close();
    void closeCheckLeg(key).catch(() => undefined);
  }
}

/** `sdp` with the server's candidates for one way only; TURN goes on from its server over UDP. */
export function onlyCandidates(sdp: string, way: Way): string {
  const protocol = way === "tcp" ? "tcp" : "udp";
  const keeps = (line: string) =>
    !line.startsWith("a=candidate:") || line.split(" ")[2]?.toLowerCase() === protocol;
  return sdp.split("\r\n").filter(keeps).join("\r\n");
}

function connected(connection: RTCPeerConnection): Promise<boolean> {
  return new Promise((done) => {
    const timer = setTimeout(() => done(false), REACH_MS);
    const look = () => {
      const state = connection.connectionState;
      if (state !== "connected" && state !== "failed") return;
      clearTimeout(timer);
      done(state === "connected");
    };
    connection.addEventListener("connectionstatechange", look);
    look();
  });
}
