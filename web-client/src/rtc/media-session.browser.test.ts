/** Rules of the media session with real media in a real browser: join, see, hear, send, stop. */
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import type { Request } from "../protocol/generated";
import { fakeCamera } from "../testing/fake-media";
import { FakeSfu } from "../testing/fake-sfu";
import { MediaSession } from "./media-session";
import { NO_TRACKS } from "./publisher";

const SLOTS = [
  { mid: "v0", participant: 2, source: "camera" as const },
  { mid: "a0", participant: 2, source: "microphone" as const },
];

let session: MediaSession | null = null;
let sfu: FakeSfu | null = null;

beforeAll(async () => {
  // With permission for devices Chromium names real addresses instead of mDNS ones.
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of stream.getTracks()) track.stop();
});

afterEach(() => {
  session?.close();
  sfu?.close();
});

async function seat() {
  const told: Request[] = [];
  const steps: string[] = [];
  const states: string[] = [];
  const tracks = new Map<string, MediaStreamTrack | undefined>();
  const server = new FakeSfu();
  sfu = server;
  const media = new MediaSession("", {
    tell(request) {
      told.push(request);
      if (request.type === "answer") void server.take(request.sdp);
      return true;
    },
    onState: (state) => {
      if (states.at(-1) !== state) states.push(state);
    },
    onSlots: (slots, trackByMid) => {
      for (const { mid } of slots) tracks.set(mid, trackByMid(mid));
    },
    onSound: () => undefined,
    onStep: (step) => steps.push(step),
  });
  session = media;
  media.signallingReady(true);
  expect(told).toEqual([{ type: "open_media" }]);
  media.wish([{ participant: 2, source: "camera", height_px: 360 }]);
  media.handle({ type: "offer", leg: 7, sdp: await server.offer() });
  await vi.waitFor(() => expect(states.at(-1)).toBe("connected"), 10_000);
  media.handle({ type: "slots", leg: 7, slots: SLOTS });
  return { media, server, told, steps, states, tracks };
}

it("shows and plays what the slots carry, and tells its wishes after the answer", async () => {
  const { media, told, steps, tracks } = await seat();
  expect(told.map((request) => request.type)).toEqual(["open_media", "answer", "watch"]);
  expect(tracks.get("v0")?.kind).toBe("video");
  await vi.waitFor(() => expect(steps).toContain("first_frame"), 10_000);
  await vi.waitFor(() => {
    const picture = media.sample?.inbound.find((one) => one.mid === "v0");
    expect(picture?.fps).toBeGreaterThan(5);
    expect(media.sample?.srtpCipher).not.toBe("");
    expect(media.sample?.remotePort).toBeGreaterThan(0);
  }, 10_000);
  let loudest = 0;
  const stop = media.onSlotLevel(
    () => "a0",
    (level) => {
      loudest = Math.max(loudest, level);
    },
  );
  await vi.waitFor(() => expect(loudest).toBeGreaterThan(0.3), 5000);
  stop();
}, 40_000);

it("sends the camera when switched on and nothing after it was switched off", async () => {
  const { media, server } = await seat();
  const pictures = async () => (await server.received()).get("cam") ?? 0;
  expect(await pictures()).toBe(0);
  const camera = fakeCamera(1);
  media.send({ ...NO_TRACKS, camera });
  await vi.waitFor(async () => expect(await pictures()).toBeGreaterThan(5), 10_000);
  media.send(NO_TRACKS);
  camera.stop();
}, 40_000);

it("asks for a new connection when the server says that this one is lost", async () => {
  const { media, told, states } = await seat();
  media.handle({ type: "media_lost", leg: 6 });
  expect(told.filter((request) => request.type === "open_media")).toHaveLength(1);
  media.handle({ type: "media_lost", leg: 7 });
  expect(told.filter((request) => request.type === "open_media")).toHaveLength(2);
  expect(states.at(-1)).toBe("reconnecting");
}, 40_000);

it("leaves living media alone when signalling comes back", async () => {
  const { media, told } = await seat();
  await vi.waitFor(() => expect(media.sample?.bytesReceived).toBeGreaterThan(0), 10_000);
  const before = told.length;
  media.signallingReady(false);
  // The next two samples are the proof that the connection lives on, and time enough to ask for more.
  const { atMs } = media.sample ?? { atMs: 0 };
  await vi.waitFor(() => expect(media.sample?.atMs).toBeGreaterThan(atMs + 1_000), 10_000);
  expect(told.slice(before).map((request) => request.type)).toEqual(["watch"]);
}, 40_000);
