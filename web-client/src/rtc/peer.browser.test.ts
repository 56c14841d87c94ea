/** Rules of the negotiation in a real browser: the server's pool is answered as the server expects it. */
import { afterEach, expect, it } from "vitest";
import { fakeCamera } from "../testing/fake-media";
import { fakeOffer, offeredMids } from "../testing/fake-offer";
import { Peer } from "./peer";
import { NO_TRACKS } from "./publisher";
import { midsOf } from "./sdp";

let peer: Peer | null = null;

function newPeer(): Peer {
  peer = new Peer(1, "", { onState: () => undefined, onSound: () => undefined });
  return peer;
}

afterEach(() => {
  peer?.close();
});

function section(sdp: string, mid: string): string {
  return sdp.split(/(?=^m=)/m).find((part) => part.includes(`a=mid:${mid}\r\n`)) ?? "";
}

it("answers the whole pool in order, sending four lines and receiving the rest", async () => {
  const answer = (await newPeer().answer(fakeOffer(), { ...NO_TRACKS, camera: fakeCamera(1) })) ?? "";
  expect(midsOf(answer)).toEqual(offeredMids());
  for (const mid of ["cam", "mic", "scr", "sca"]) expect(section(answer, mid)).toContain("a=sendonly");
  for (const mid of ["v0", "v27", "a0", "a3"]) expect(section(answer, mid)).toContain("a=recvonly");
  expect(section(answer, "cam")).toContain("a=simulcast:send q;h;f");
  expect(answer).not.toMatch(/^m=\w+ 0 /m);
});

it("asks for stereo only where a shared screen's sound is played", async () => {
  const answer = (await newPeer().answer(fakeOffer(), NO_TRACKS)) ?? "";
  expect(section(answer, "a3")).toContain("stereo=1");
  expect(section(answer, "a0")).not.toContain("stereo=1");
});

it("gives a track for each slot and one hidden player per sound", async () => {
  const one = newPeer();
  await one.answer(fakeOffer(), NO_TRACKS);
  expect(one.subscriber.track("v0")?.kind).toBe("video");
  expect(one.subscriber.track("v27")?.kind).toBe("video");
  expect(one.subscriber.track("a3")?.kind).toBe("audio");
  expect(one.subscriber.track("cam")).toBeUndefined();
  expect(document.querySelectorAll("audio[data-slot]")).toHaveLength(4);
  one.close();
  expect(document.querySelectorAll("audio[data-slot]")).toHaveLength(0);
});

it("answers an ICE restart on the same connection and keeps the tracks", async () => {
  const one = newPeer();
  await one.answer(fakeOffer(1, "one1"), NO_TRACKS);
  const before = one.subscriber.track("v5");
  const answer = await one.answer(fakeOffer(2, "two2"), NO_TRACKS);
  expect(answer).not.toBeNull();
  expect(one.subscriber.track("v5")).toBe(before);
});

it("switches sources on and off without negotiating", async () => {
  const one = newPeer();
  await one.answer(fakeOffer(), NO_TRACKS);
  const camera = fakeCamera(2);
  await one.publisher.send({ ...NO_TRACKS, camera });
  const report = await one.stats();
  const sources = [...(report as unknown as Map<string, { type: string }>).values()];
  expect(sources.some((stat) => stat.type === "media-source")).toBe(true);
  await one.publisher.send(NO_TRACKS);
  camera.stop();
});

it("refuses nonsense instead of hanging", async () => {
  await expect(newPeer().answer("v=0\r\nnonsense", NO_TRACKS)).rejects.toThrow();
});
