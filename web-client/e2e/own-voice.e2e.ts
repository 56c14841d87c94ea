/**
 * The mixed sound for somebody who speaks: a browser with a microphone in the composed picture hears all others on one
 * line and never its own tone, which a player hears with the others; a player with the token of an encoder does not
 * hear what that sends.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { sendColour } from "./harness/colours.ts";
import { KEEP_MEDIA } from "./harness/effects.ts";
import { report } from "./harness/figures.ts";
import { button, joinAs, word } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

/** Tones of the two senders, and of the browser that speaks, in Hz. */
const OTHERS = [440, 1_150];
const OWN = 700;
/** A tone that stands out so far is heard, and one that does so little is not; in dB. */
const HEARD = 20;
const UNHEARD = 15;

/** In place of a microphone a tone, and connections where the test finds them. */
const TONE_FOR_A_MICROPHONE = `${KEEP_MEDIA}
  const devices = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await devices(wanted);
    if (stream.getAudioTracks().length === 0) return stream;
    const audio = new AudioContext({ sampleRate: 48000 });
    const sound = audio.createMediaStreamDestination();
    const tone = new OscillatorNode(audio, { frequency: ${OWN} });
    tone.connect(new GainNode(audio, { gain: 0.3 })).connect(sound);
    tone.start();
    return new MediaStream([...sound.stream.getAudioTracks(), ...stream.getVideoTracks()]);
  };`;

let server: Server;
let senders: Seat;
let speaker: Seat;
let room: Seat;

/** How strong each tone is in each line of sound that the page receives, above what lies beside it or is hardly heard, in dB. */
async function lines(page: Page, tones: readonly number[]): Promise<number[][]> {
  return page.evaluate((tones) => {
    const held = window as unknown as { ears?: Map<string, AnalyserNode> };
    held.ears ??= new Map();
    for (const { track } of window.connections.flatMap((peer) => peer.getReceivers())) {
      if (track.kind !== "audio" || track.readyState !== "live" || held.ears.has(track.id)) continue;
      const audio = new AudioContext({ sampleRate: 48_000 });
      const analyser = new AnalyserNode(audio, { fftSize: 8_192, smoothingTimeConstant: 0 });
      audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
      held.ears.set(track.id, analyser);
    }
    return [...held.ears.values()].map((analyser) => {
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      // What is quieter is the coder's own noise.
      const level = (hertz: number) => Math.max(bins[Math.round((hertz * 8_192) / 48_000)] ?? -75, -75);
      return tones.map((hertz) => level(hertz) - level(hertz * 1.2));
    });
  }, tones);
}

async function until(what: string, condition: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  while (!(await condition())) {
    if (performance.now() - began > 40_000) {
      const pages = [speaker.page, senders.page, room.page];
      const told = await Promise.all(pages.map((page) => lines(page, [...OTHERS, OWN])));
      throw new Error(`in vain: ${what}; speaker, player and room hear ${JSON.stringify(told)}`);
    }
    await speaker.page.waitForTimeout(50);
  }
  return Math.round(performance.now() - began);
}

beforeAll(async () => {
  server = await Server.start();
  const [first, second, third] = people;
  if (!first || !second || !third) throw new Error("no people");
  senders = await openSeat({ ...first, camera: first.smallCamera });
  speaker = await openSeat({ ...second, camera: second.smallCamera }, { initScript: TONE_FOR_A_MICROPHONE });
  room = await openSeat({ ...third, camera: third.smallCamera });
  await room.page.goto(server.url);
});

afterAll(async () => {
  await room?.close();
  await speaker?.close();
  await senders?.close();
  await server?.stop();
});

/** Everybody's sound by WHEP, heard in this page. */
async function listen(page: Page, url: string, token: string): Promise<number> {
  return page.evaluate(
    async ([url, token]) => {
      const peer = new RTCPeerConnection();
      for (const kind of ["video", "audio"]) peer.addTransceiver(kind, { direction: "recvonly" });
      peer.ontrack = ({ streams }) => {
        const shown = document.createElement("video");
        [shown.muted, shown.autoplay, shown.srcObject] = [true, true, streams[0] ?? null];
        document.body.append(shown);
      };
      await peer.setLocalDescription(await peer.createOffer());
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/sdp" };
      const answer = await fetch(url, {
        method: "POST",
        headers,
        body: peer.localDescription?.sdp ?? "",
      });
      window.connections = [peer];
      if (answer.status === 201)
        await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
      return answer.status;
    },
    [url, token] as const,
  );
}

test("a speaker in the composed picture hears the others on one line and never the own voice", async () => {
  const api = `${server.url}/api/v1/conferences/demo`;
  const token = (name: string, role: string): string =>
    server.run("token", "--conference", "demo", "--name", name, "--role", role);
  const tokens = OTHERS.map((_, at) => token(`Điểm cầu ${at + 1}`, "delegate"));
  // A meeting room of two programs: its player comes before its encoder.
  expect(await listen(room.page, `${api}/whep?picture=composed`, tokens[0] ?? "")).toBe(201);
  for (const [at, hertz] of OTHERS.entries()) {
    expect(await sendColour(senders.page, `${api}/whip`, tokens[at] ?? "", at * 120, hertz)).toBe(201);
  }
  const { page } = speaker;
  await joinAs(page, server, "demo", "Phòng họp", "chair", { camera: false, microphone: true });
  await button(page, "bar.layout").click();
  await page.getByRole("menuitem", { name: word("layout.composed") }).click();
  const player = token("Màn hình sảnh", "listener");
  expect(await listen(senders.page, `${api}/whep?picture=composed`, player)).toBe(201);

  const all = [...OTHERS, OWN];
  const mixed_ms = await until("both others on one line of the speaker", async () =>
    (await lines(page, OTHERS)).some((tones) => tones.every((db) => db > HEARD)),
  );
  await until("all three for a player", async () =>
    (await lines(senders.page, all)).some((tones) => tones.every((db) => db > HEARD)),
  );
  await until("both others in the room", async () =>
    (await lines(room.page, all)).some((tones) => tones.slice(1).every((db) => db > HEARD)),
  );
  // What they hear over two seconds.
  let loudest_own = Number.NEGATIVE_INFINITY;
  let loudest_own_of_room = Number.NEGATIVE_INFINITY;
  for (let look = 0; look < 20; look += 1) {
    const heard = await lines(page, all);
    loudest_own = Math.max(loudest_own, ...heard.map((tones) => tones.at(-1) ?? 0));
    expect(heard.some((tones) => tones.slice(0, -1).every((db) => db > HEARD))).toBe(true);
    const inRoom = await lines(room.page, all);
    loudest_own_of_room = Math.max(loudest_own_of_room, ...inRoom.map(([own]) => own ?? 0));
    await page.waitForTimeout(100);
  }
  report("own voice in the mixed sound", {
    mixed_ms,
    loudest_own_db: Math.round(loudest_own),
    loudest_own_of_room_db: Math.round(loudest_own_of_room),
  });
  expect(loudest_own).toBeLessThan(UNHEARD);
  expect(loudest_own_of_room).toBeLessThan(UNHEARD);

  // Who is muted is one listener of many.
  await button(page, "bar.mic_turn_off").click();
  await until("the player to miss the speaker", async () =>
    (await lines(senders.page, all)).some(
      ([first, second, own]) => (first ?? 0) > HEARD && (second ?? 0) > HEARD && (own ?? 99) < UNHEARD,
    ),
  );
  expect((await lines(page, OTHERS)).some((tones) => tones.every((db) => db > HEARD))).toBe(true);
}, 180_000);
