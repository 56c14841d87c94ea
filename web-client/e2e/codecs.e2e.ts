/**
 * What Chromium codes besides its first choice: a camera in H.264 with its simulcast layers, and the
 * sound of a shared screen in stereo, each arriving at the other official through the server.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import {
  button,
  createConference,
  figures,
  joinAs,
  joinAsGuest,
  waitFigures,
  waitPictures,
} from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const [first, second] = people as [(typeof people)[0], (typeof people)[0]];
const LEFT_HZ = 440;
const RIGHT_HZ = 1320;

/** Puts H.264 before VP8 in every offer that the browser reads: the sender takes the first. Keeps the
 * connections where a test can reach their tracks. */
const H264_FIRST = `
  window.__connections = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      window.__connections.push(this);
    }
    setRemoteDescription({ type, sdp }) {
      const reordered = sdp.replace(/^(m=video .*) 96 97 102 103/gm, "$1 102 103 96 97");
      return super.setRemoteDescription({ type, sdp: reordered });
    }
  };
`;

/** Headless Chromium has no screen to pick: a canvas with another tone in each ear stands in for it. */
const STEREO_SCREEN = `
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const pen = canvas.getContext("2d");
    setInterval(() => {
      pen.fillStyle = "hsl(" + (performance.now() / 20) + " 60% 50%)";
      pen.fillRect(0, 0, 640, 360);
    }, 100);
    const audio = new AudioContext();
    const ears = audio.createChannelMerger(2);
    for (const [ear, hz] of [[0, ${LEFT_HZ}], [1, ${RIGHT_HZ}]]) {
      const tone = new OscillatorNode(audio, { frequency: hz });
      tone.connect(new GainNode(audio, { gain: 0.4 })).connect(ears, 0, ear);
      tone.start();
    }
    const sound = new MediaStreamAudioDestinationNode(audio, { channelCount: 2 });
    ears.connect(sound);
    return new MediaStream([...canvas.captureStream(10).getTracks(), ...sound.stream.getTracks()]);
  };
`;

/** The loudest tone in each ear of the received line `mid`, in Hz; false while an ear hears none. */
function loudestTones(mid: string): [number, number] | false {
  const page = window as unknown as { __connections: RTCPeerConnection[]; __ears?: AnalyserNode[] };
  if (!page.__ears) {
    const line = page.__connections
      .at(-1)
      ?.getTransceivers()
      .find((one) => one.mid === mid);
    if (!line) return false;
    const audio = new AudioContext();
    const split = audio.createChannelSplitter(2);
    audio.createMediaStreamSource(new MediaStream([line.receiver.track])).connect(split);
    page.__ears = [0, 1].map((ear) => {
      const analyser = new AnalyserNode(audio, { fftSize: 8192 });
      split.connect(analyser, ear);
      return analyser;
    });
  }
  const [left = 0, right = 0] = page.__ears.map((analyser) => {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const top = bins.reduce((best, level, at) => (level > (bins[best] ?? -1000) ? at : best), 0);
    return (bins[top] ?? -1000) < -60 ? 0 : (top * analyser.context.sampleRate) / analyser.fftSize;
  });
  return left > 0 && right > 0 && [left, right];
}

let server: Server;
let chair: Seat;
let guest: Seat;

beforeAll(async () => {
  server = await Server.start();
  const initScript = H264_FIRST + STEREO_SCREEN;
  chair = await openSeat({ ...first, camera: first.smallCamera }, { initScript });
  guest = await openSeat({ ...second, camera: second.smallCamera }, { initScript });
  const conference = await createConference(server, "Họp kỹ thuật");
  const devices = { microphone: false, camera: true };
  await joinAs(chair.page, server, conference, first.name, "chair", devices);
  await joinAsGuest(guest.page, server, conference, second, devices);
});

afterAll(async () => {
  for (const seat of [chair, guest]) await seat?.close();
  await server?.stop();
});

test("H.264 layers are sent by rid and decoded by the other", async () => {
  for (const seat of [chair, guest]) await waitPictures(seat.page, 1, 60_000);
  const seen: unknown[] = [];
  for (const [viewer, sender] of [
    [chair, guest],
    [guest, chair],
  ] as const) {
    // Both go out before the server has told which of them the viewer's window needs.
    const sent = await waitFigures(sender.page, "two layers of H.264", (now) => {
      const layers = now.outbound.filter((one) => one.mid === "cam" && one.packetsSent > 0);
      return ["q", "h"].every((rid) => layers.some((one) => one.rid === rid && one.codec === "video/H264"));
    });
    const got = await waitFigures(viewer.page, "H.264 at more than 10 pictures a second", (now) =>
      now.pictures.some((picture) => picture.codec === "video/H264" && picture.fps > 10),
    );
    const layers = sent.outbound.filter((one) => one.mid === "cam" && one.bitrateBps > 0);
    const picture = got.pictures.find((one) => one.codec === "video/H264");
    expect(layers.map((layer) => layer.height)).toContain(picture?.height);
    seen.push({
      codec: picture?.codec,
      fps: Math.round(picture?.fps ?? 0),
      height_px: picture?.height,
      sent_layers: layers.map(
        (one) => `${one.rid} ${one.height}p ${Math.round(one.bitrateBps / 1000)} kbit/s`,
      ),
    });
  }
  report("H.264 by simulcast", { seen });
}, 180_000);

test("a shared screen's sound arrives in stereo", async () => {
  await button(chair.page, "bar.share").click();
  const chairId = (await figures(chair.page)).you;
  await waitFigures(guest.page, "the screen moves", (now) =>
    now.pictures.some((picture) => picture.source === "screen" && picture.participant === chairId),
  );
  const heard = await guest.page.waitForFunction(loudestTones, "a3", { timeout: 30_000 });
  const [left, right] = (await heard.jsonValue()) as [number, number];
  report("stereo of a shared screen", { left_hz: Math.round(left), right_hz: Math.round(right) });
  expect(Math.abs(left - LEFT_HZ)).toBeLessThan(20);
  expect(Math.abs(right - RIGHT_HZ)).toBeLessThan(20);
}, 120_000);
