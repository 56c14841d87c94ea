/**
 * Encoders and players of others in a meeting: FFmpeg's `whip` muxer, GStreamer, aiortc and Chromium send by
 * WHIP; a person in the meeting, aiortc and Chromium by WHEP see and hear what they send.
 */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import { joinAsGuest, waitPictures } from "./harness/meeting.ts";
import { Program } from "./harness/programs.ts";
import { Server } from "./harness/server.ts";

let server: Server;
let viewer: Seat;
let outside: Seat;
const programs: Program[] = [];

function start(script: string, ...args: string[]): Program {
  const program = Program.start(script, ...args);
  programs.push(program);
  return program;
}

function tokenOf(name: string, role = "delegate"): string {
  return server.run("token", "--conference", "demo", "--name", name, "--role", role);
}

const whip = (): string => `${server.url}/api/v1/conferences/demo/whip`;
const whep = (query = ""): string => `${server.url}/api/v1/conferences/demo/whep${query}`;

/** Frames that the page's peer connection `name` has decoded. */
async function decoded(page: Page, name: string): Promise<{ video: number; samples: number; codec: string }> {
  return page.evaluate(async (name) => {
    const peer = (window as unknown as Record<string, RTCPeerConnection>)[name] as RTCPeerConnection;
    const stats = await peer.getStats();
    const found = { video: 0, samples: 0, codec: "" };
    for (const entry of stats.values()) {
      if (entry.type !== "inbound-rtp") continue;
      if (entry.kind === "video") {
        found.video = entry.framesDecoded ?? 0;
        found.codec = stats.get(entry.codecId)?.mimeType ?? "";
      } else {
        found.samples = entry.totalSamplesReceived ?? 0;
      }
    }
    return found;
  }, name);
}

async function untilDecoded(page: Page, name: string, frames: number): Promise<string> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const now = await decoded(page, name);
    if (now.video >= frames && now.samples > 0) return now.codec;
    if (performance.now() > deadline) throw new Error(`${name} decoded only ${JSON.stringify(now)}`);
    await page.waitForTimeout(200);
  }
}

/** Posts an offer of a page that belongs to no site; answers status and resource. */
async function exchange(
  page: Page,
  name: string,
  url: string,
  token: string,
  sends: boolean,
): Promise<string> {
  return page.evaluate(
    async ([name, url, token, sends]) => {
      const peer = new RTCPeerConnection();
      (window as unknown as Record<string, RTCPeerConnection>)[name as string] = peer;
      if (sends) {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [640, 360];
        const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
        let turn = 0;
        setInterval(() => {
          turn += 7;
          pen.fillStyle = `hsl(${turn} 80% 50%)`;
          pen.fillRect(0, 0, 640, 360);
        }, 50);
        const sound = new AudioContext();
        const tone = sound.createOscillator();
        const out = sound.createMediaStreamDestination();
        tone.connect(out);
        tone.start();
        const video = canvas.captureStream(20).getVideoTracks()[0] as MediaStreamTrack;
        const sendEncodings = [{ rid: "q", scaleResolutionDownBy: 2 }, { rid: "h" }];
        peer.addTransceiver(video, { direction: "sendonly", sendEncodings });
        peer.addTransceiver(out.stream.getAudioTracks()[0] as MediaStreamTrack, { direction: "sendonly" });
      } else {
        peer.addTransceiver("video", { direction: "recvonly" });
        peer.addTransceiver("audio", { direction: "recvonly" });
        peer.ontrack = ({ streams }) => {
          const shown = document.createElement("video");
          [shown.muted, shown.autoplay] = [true, true];
          shown.srcObject = streams[0] ?? null;
          document.body.append(shown);
        };
      }
      await peer.setLocalDescription(await peer.createOffer());
      const answer = await fetch(url as string, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/sdp" },
        body: peer.localDescription?.sdp ?? "",
      });
      const sdp = await answer.text();
      if (answer.status !== 201) return `${answer.status} ${sdp}`;
      await peer.setRemoteDescription({ type: "answer", sdp });
      Object.assign(peer, { resource: new URL(answer.headers.get("location") ?? "", url as string).href });
      return `${answer.status} ${answer.headers.get("location")} ${answer.headers.get("etag")}`;
    },
    [name, url, token, sends] as const,
  );
}

/** Ends the resource of the page's peer connection `name`. */
async function hangUp(page: Page, name: string, token: string): Promise<void> {
  await page.evaluate(
    async ([name, token]) => {
      const held = window as unknown as Record<string, RTCPeerConnection & { resource: string }>;
      const peer = held[name] as RTCPeerConnection & { resource: string };
      await fetch(peer.resource, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
      peer.close();
    },
    [name, token] as const,
  );
}

/** Restarts ICE of the page's peer connection `name` by PATCH; the path's own name before and after. */
async function restartIce(page: Page, name: string, token: string): Promise<[string, string]> {
  return page.evaluate(
    async ([name, token]) => {
      const held = (window as unknown as Record<string, RTCPeerConnection & { resource: string }>)[name];
      const peer = held as RTCPeerConnection & { resource: string };
      const path = async (): Promise<string> => {
        const stats = await peer.getStats();
        const transport = [...stats.values()].find((entry) => entry.type === "transport");
        const pair = stats.get(transport?.selectedCandidatePairId ?? "");
        return String(stats.get(pair?.localCandidateId ?? "")?.usernameFragment);
      };
      const before = await path();
      const answered = peer.currentRemoteDescription?.sdp ?? "";
      await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
      const own = (peer.localDescription?.sdp ?? "").split("\r\n");
      const fragment = own.filter((line) => /^a=ice-(ufrag|pwd):/.test(line)).slice(0, 2);
      const answer = await fetch(peer.resource, {
        method: "PATCH",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/trickle-ice-sdpfrag",
          "if-match": "*",
        },
        body: `${fragment.join("\r\n")}\r\n`,
      });
      const theirs = await answer.text();
      if (answer.status !== 200) throw new Error(`${answer.status} ${theirs}`);
      const credential = (what: string): string =>
        theirs.split("\r\n").find((line) => line.startsWith(`a=ice-${what}:`)) ?? "";
      const sdp = answered
        .replace(/^a=ice-ufrag:.*$/gm, credential("ufrag"))
        .replace(/^a=ice-pwd:.*$/gm, credential("pwd"));
      await peer.setRemoteDescription({ type: "answer", sdp });
      const deadline = performance.now() + 15_000;
      while ((await path()) === before && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return [before, await path()] as [string, string];
    },
    [name, token] as const,
  );
}

beforeAll(async () => {
  server = await Server.start();
  const person = people[0];
  if (!person) throw new Error("no person");
  viewer = await openSeat({ ...person, camera: person.smallCamera });
  outside = await openSeat({ ...person, camera: person.smallCamera });
  await joinAsGuest(viewer.page, server, "demo", person, { microphone: false, camera: false });
});

afterEach(() => {
  for (const program of programs.splice(0)) program.kill();
});

afterAll(async () => {
  await viewer?.close();
  await outside?.close();
  await server?.stop();
});

test("what FFmpeg sends is seen in the meeting and by a player on the stage", async () => {
  const ffmpeg = start("publish.py", whip(), tokenOf("Máy quay hội trường"), "av");
  await ffmpeg.until((facts) => facts.sending === true);
  await waitPictures(viewer.page, 1, 20_000);
  await viewer.page.getByText("Máy quay hội trường").first().waitFor();
  const player = start("peer.py", "whep", whep(), tokenOf("Màn hình sảnh", "listener"));
  expect(await player.until((facts) => "posted" in facts)).toMatchObject({ posted: 201 });
  const seen = await player.until((facts) => Number(facts.video) >= 40 && Number(facts.audio) >= 100);
  report("FFmpeg by WHIP, aiortc by WHEP", seen);
  expect(await player.end("deleted")).toMatchObject({ deleted: 200 });
  expect(Number((await ffmpeg.end("frames")).frames)).toBeGreaterThan(40);
  await viewer.page.getByText("Máy quay hội trường").first().waitFor({ state: "hidden" });
}, 60_000);

test("sound alone and picture alone are taken from FFmpeg", async () => {
  for (const kinds of ["a", "v"]) {
    const ffmpeg = start("publish.py", whip(), tokenOf(`Chỉ ${kinds}`), kinds);
    await ffmpeg.until((facts) => facts.sending === true);
    await ffmpeg.end("frames");
  }
}, 60_000);

test("a page of no site sends two layers and another watches the participant", async () => {
  const token = tokenOf("Trang ngoài");
  const posted = await exchange(outside.page, "sender", whip(), token, true);
  expect(posted).toMatch(/^201 \/api\/v1\/conferences\/demo\/whip\/[0-9a-f]{32} "[0-9a-f]+"$/);
  await waitPictures(viewer.page, 1, 20_000);
  const watched = await exchange(outside.page, "watcher", whep(), tokenOf("Khán giả", "listener"), false);
  expect(watched).toMatch(/^201 /);
  expect(await untilDecoded(outside.page, "watcher", 20)).toBe("video/VP8");
  await hangUp(outside.page, "sender", token);
  const foreign = await exchange(outside.page, "nobody", whep(), "dct1.x.y", false);
  expect(foreign).toBe('401 {"error":"bad_token"}');
}, 60_000);

test("ICE restarted by PATCH moves a real browser to a new path and the picture goes on", async () => {
  const token = tokenOf("Trang nối lại");
  expect(await exchange(outside.page, "again", whip(), token, true)).toMatch(/^201 /);
  const watched = await exchange(outside.page, "beside", whep(), tokenOf("Khán giả", "listener"), false);
  expect(watched).toMatch(/^201 /);
  await untilDecoded(outside.page, "beside", 20);
  const [before, after] = await restartIce(outside.page, "again", token);
  expect(after).not.toBe(before);
  const shown = (await decoded(outside.page, "beside")).video;
  await untilDecoded(outside.page, "beside", shown + 20);
  await hangUp(outside.page, "again", token);
}, 60_000);

test("GStreamer sends VP8 that the meeting sees", async () => {
  const peer = Program.startGStreamer("gstreamer.py", whip(), tokenOf("Máy quay GStreamer"));
  programs.push(peer);
  expect(await peer.until((facts) => "posted" in facts)).toMatchObject({ posted: 201 });
  await peer.until((facts) => facts.state === "connected");
  await viewer.page.getByText("Máy quay GStreamer").first().waitFor();
  await waitPictures(viewer.page, 1, 20_000);
  expect(await peer.end("deleted")).toMatchObject({ deleted: 200 });
}, 60_000);

test("aiortc sends VP8 that the meeting sees", async () => {
  const peer = start("peer.py", "whip", whip(), tokenOf("Máy phát aiortc"));
  expect(await peer.until((facts) => "posted" in facts)).toMatchObject({ posted: 201 });
  await peer.until((facts) => facts.state === "connected");
  await viewer.page.getByText("Máy phát aiortc").first().waitFor();
  await waitPictures(viewer.page, 1, 20_000);
  expect(await peer.end("deleted")).toMatchObject({ deleted: 200 });
}, 60_000);
