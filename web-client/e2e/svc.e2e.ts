/**
 * One stream that carries several sizes, coded by Chromium in VP9 and in AV1, and frames encrypted in
 * the page: each viewer gets the size of its window through the server, which looks into no payload.
 */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { type Person, people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import { createConference, figures, joinAs, joinAsGuest, waitFigures } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const LARGE = { width: 1366, height: 768 };
/** A tile of less than 240 lines: the smaller size fills it. */
const SMALL = { width: 480, height: 300 };
/** Three browsers code and decode in software, beside whatever else the machine does. */
const SWITCH_LIMIT_MS = 20_000;

/** Puts a codec before all others in every offer that the browser reads: the sender takes the first. */
const first = (payloadTypes: string) => `
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) { super(...given); window.connections.push(this); }
    setRemoteDescription({ type, sdp }) {
      const reordered = sdp.replace(/^(m=video \\S+ \\S+)(.*) ${payloadTypes}/gm, "$1 ${payloadTypes}$2");
      return super.setRemoteDescription({ type, sdp: reordered });
    }
  };`;

/**
 * Turns every byte of every frame over, as an end-to-end encryption would, and back at the receiver.
 * A seat without it sees nothing but noise.
 */
const ENCRYPTED = `
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) { super({ ...configuration, encodedInsertableStreams: true }); }
    setConfiguration(configuration) {
      super.setConfiguration({ ...configuration, encodedInsertableStreams: true });
    }
    async setRemoteDescription(description) {
      await super.setRemoteDescription(description);
      const turn = (frame, controller) => {
        const bytes = new Uint8Array(frame.data);
        for (let at = 0; at < bytes.length; at++) bytes[at] ^= 0x5a;
        frame.data = bytes.buffer;
        controller.enqueue(frame);
      };
      for (const { sender, receiver } of this.getTransceivers()) {
        for (const end of [sender, receiver]) {
          if (end.isTurned) continue;
          end.isTurned = true;
          const { readable, writable } = end.createEncodedStreams();
          readable.pipeThrough(new TransformStream({ transform: turn })).pipeTo(writable).catch(() => {});
        }
      }
    }
  };`;

let server: Server;
let seats: Seat[] = [];

beforeAll(async () => {
  server = await Server.start();
});

afterEach(async () => {
  await Promise.all(seats.map((seat) => seat.close()));
  seats = [];
});

afterAll(async () => {
  await server?.stop();
});

/** A sender with a camera and two who watch; all run `initScript`. */
async function meet(initScript: string): Promise<[Seat, Seat, Seat]> {
  const persons = people.slice(0, 3) as Person[];
  const conference = await (async () => {
    for (const [at, person] of persons.entries()) {
      const size = at === 2 ? SMALL : LARGE;
      seats.push(await openSeat({ ...person, camera: person.smallCamera }, { initScript, ...size }));
    }
    return createConference(server, "Họp kỹ thuật");
  })();
  const [sender, large, small] = seats as [Seat, Seat, Seat];
  const [chair, second, third] = persons as [Person, Person, Person];
  await joinAs(sender.page, server, conference, chair.name, "chair", { microphone: false, camera: true });
  const devices = { microphone: false, camera: false };
  await joinAsGuest(large.page, server, conference, second, devices);
  await joinAsGuest(small.page, server, conference, third, devices);
  return [sender, large, small];
}

/** Waits until this seat shows a picture with so many lines that moves. */
async function waitLines(seat: Seat, lines: number): Promise<number> {
  const began = performance.now();
  await waitFigures(
    seat.page,
    `a picture of ${lines} lines`,
    (now) => now.pictures.some((one) => one.source === "camera" && one.height === lines && one.fps > 3),
    SWITCH_LIMIT_MS,
  );
  return Math.round(performance.now() - began);
}

/** The windows change places; each viewer then gets the other size, and nobody's decoder asks for help. */
async function exchangeWindows(large: Seat, small: Seat) {
  const before = await Promise.all([large, small].map((seat) => figures(seat.page)));
  await large.page.setViewportSize(SMALL);
  await small.page.setViewportSize(LARGE);
  const [down_ms, up_ms] = await Promise.all([waitLines(large, 180), waitLines(small, 360)]);
  const after = await Promise.all([large, small].map((seat) => figures(seat.page)));
  const picture = (all: typeof after) =>
    all.map((now) => now.pictures.find((one) => one.source === "camera"));
  const since = (count: "plis" | "nacks" | "packetsLost") =>
    picture(after).map((one, at) => (one?.[count] ?? 0) - (picture(before)[at]?.[count] ?? 0));
  return {
    down_ms,
    up_ms,
    decoder_asked_for_key_frames: since("plis"),
    asked_again: since("nacks"),
    lost_packets: since("packetsLost"),
    longest_freeze_ms: picture(after).map((one) => Math.round(one?.longestFreezeMs ?? 0)),
  };
}

/** What the camera's encodings say of themselves. */
async function coded(sender: Seat) {
  return sender.page.evaluate(async () => {
    const { connections } = window as unknown as { connections: RTCPeerConnection[] };
    const stats = [...((await connections.at(-1)?.getStats()) ?? new Map()).values()];
    return stats
      .filter(
        (one) => one.type === "outbound-rtp" && one.kind === "video" && one.active && one.framesSent > 0,
      )
      .map((one) => ({ mode: one.scalabilityMode, rid: one.rid, lines: one.frameHeight }));
  });
}

for (const [name, payloadTypes] of [
  ["VP9", "98 99"],
  ["AV1", "100 101"],
] as const) {
  test(`one ${name} stream gives each window its size`, async () => {
    const [sender, large, small] = await meet(first(payloadTypes));
    const first_ms = await Promise.all([waitLines(large, 360), waitLines(small, 180)]);
    const seen = (await figures(large.page)).pictures[0];
    expect(seen?.codec).toBe(`video/${name}`);
    const streams = await coded(sender);
    expect(streams).toEqual([{ mode: "L2T3_KEY", rid: "q", lines: 360 }]);
    const exchanged = await exchangeWindows(large, small);
    report(`one stream of ${name}`, { streams, first_ms, ...exchanged });
    expect(exchanged.decoder_asked_for_key_frames, JSON.stringify(exchanged)).toEqual([0, 0]);
  }, 180_000);
}

test("frames that the page encrypts pass, and sizes still follow the windows", async () => {
  const [, large, small] = await meet(ENCRYPTED);
  const first_ms = await Promise.all([waitLines(large, 360), waitLines(small, 180)]);
  const exchanged = await exchangeWindows(large, small);
  report("encrypted VP8 by simulcast", { first_ms, ...exchanged });
}, 180_000);
