/**
 * Two officials whose browsers send each word twice (RED, RFC 2198) hear one another through the server, and
 * so does a third whose browser takes Opus alone.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import { joinAsGuest, waitFigures } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

/** Puts RED before Opus in every offer that the browser reads: it sends the first of those it answers. */
const RED_FIRST = `
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    setRemoteDescription({ type, sdp }) {
      const red = /a=rtpmap:(\\d+) red\\//.exec(sdp)?.[1];
      const reordered = sdp.replace(/^(m=audio \\S+ \\S+)( .*)$/gm, (line, head, types) =>
        types.split(" ").includes(red) ? head + " " + red + types.replace(" " + red, "") : line);
      return super.setRemoteDescription({ type, sdp: reordered });
    }
  };
`;

/** Takes RED out of every offer. */
const WITHOUT_RED = `
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    setRemoteDescription({ type, sdp }) {
      const red = /a=rtpmap:(\\d+) red\\//.exec(sdp)?.[1];
      const lines = sdp.split("\\r\\n").filter((line) => !new RegExp("^a=(rtpmap|fmtp|rtcp-fb):" + red + " ").test(line));
      const plain = lines.map((line) => line.startsWith("m=audio") ? line.replace(" " + red, "") : line);
      return super.setRemoteDescription({ type, sdp: plain.join("\\r\\n") });
    }
  };
`;

/** How much larger a packet is that carries the one before it as well. */
const MORE_THAN_ONCE = 1.5;

let server: Server;
const seats: Seat[] = [];

beforeAll(async () => {
  server = await Server.start();
});

afterAll(async () => {
  await Promise.all(seats.map((seat) => seat.close()));
  await server?.stop();
});

test("words that are sent twice are heard by browsers with and without RED", async () => {
  for (const [at, initScript] of [RED_FIRST, RED_FIRST, WITHOUT_RED].entries()) {
    const person = people[at] as (typeof people)[0];
    const seat = await openSeat({ ...person, camera: person.smallCamera }, { initScript });
    seats.push(seat);
    await joinAsGuest(seat.page, server, "demo", person, { microphone: true, camera: false });
  }
  const packetBytes: number[] = [];
  for (const [at, seat] of seats.entries()) {
    const others = at === 2 ? 2 : 1;
    const now = await waitFigures(
      seat.page,
      "a voice of each other who sends RED, and a hundred packets of one's own",
      (one) =>
        one.voices.filter((voice) => voice.audioEnergy > 0).length >= others &&
        one.outbound.some((sent) => sent.mid === "mic" && sent.packetsSent >= 100),
    );
    const sent = now.outbound.find((one) => one.mid === "mic");
    packetBytes.push((sent?.bytesSent ?? 0) / (sent?.packetsSent ?? 1));
  }
  // The browser's figures name the codec inside; that it goes out twice shows in the bytes.
  const [first = 0, second = 0, plain = 0] = packetBytes;
  report("words sent twice", { bytes_a_packet: packetBytes.map(Math.round) });
  expect(first).toBeGreaterThan(plain * MORE_THAN_ONCE);
  expect(second).toBeGreaterThan(plain * MORE_THAN_ONCE);
  for (const seat of seats) {
    const before = await waitFigures(seat.page, "a sample", () => true);
    const sum = (one: typeof before): number =>
      one.voices.reduce((total, voice) => total + voice.audioEnergy, 0);
    await waitFigures(seat.page, "voices that go on", (one) => sum(one) > sum(before));
  }
}, 120_000);
