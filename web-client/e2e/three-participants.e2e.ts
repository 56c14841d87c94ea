/**
 * Three officials meet for a minute: each sees and hears both others, over AES-GCM, on the media
 * port. Pictures a second, freezes and the server's CPU time are written down beside their aims.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { percentile, report } from "./harness/figures.ts";
import { figures, joinAsGuest, waitFigures, waitPictures } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const SECONDS = 60;

let server: Server;
const seats: Seat[] = [];

beforeAll(async () => {
  server = await Server.start();
});

afterAll(async () => {
  await Promise.all(seats.map((seat) => seat.close()));
  await server?.stop();
});

test("three participants see and hear one another for a minute", async () => {
  for (const person of people) {
    const seat = await openSeat({ ...person, camera: person.smallCamera });
    seats.push(seat);
    await joinAsGuest(seat.page, server, "demo", person, { microphone: true, camera: true });
  }
  for (const seat of seats) await waitPictures(seat.page, 2, 60_000);

  const before = await Promise.all(seats.map((seat) => figures(seat.page)));
  const cpuBefore = server.cpuSeconds();
  const began = performance.now();
  const speakersSeen = seats.map(() => new Set<number>());
  const slowest: number[][] = seats.map(() => []);
  const lastSample = before.map((now) => now.atMs);
  let longestFreezeMs = 0;
  while (performance.now() - began < SECONDS * 1000) {
    for (const [index, seat] of seats.entries()) {
      // The client takes a sample each second; reading more often would cost the browsers CPU.
      const last = lastSample[index] as number;
      const now = await waitFigures(seat.page, "a newer sample", (one) => one.atMs >= last + 1_000);
      lastSample[index] = now.atMs;
      for (const speaker of now.speakers) speakersSeen[index]?.add(speaker);
      slowest[index]?.push(...now.pictures.map((picture) => picture.fps));
      longestFreezeMs = Math.max(longestFreezeMs, ...now.pictures.map((picture) => picture.freezeMs));
    }
  }
  const elapsed_s = (performance.now() - began) / 1000;
  const cpu_s = server.cpuSeconds() - cpuBefore;
  const after = await Promise.all(seats.map((seat) => figures(seat.page)));
  await seats[0]?.page.screenshot({
    path: new URL("./artifacts/three-participants.png", import.meta.url).pathname,
  });

  const pictures = after.flatMap((now, index) =>
    now.pictures.map((picture) => {
      const old = before[index]?.pictures.find((one) => one.participant === picture.participant);
      return {
        viewer: now.you,
        of: picture.participant,
        mean_fps: (picture.framesDecoded - (old?.framesDecoded ?? 0)) / elapsed_s,
        height_px: picture.height,
        lost_packets: picture.packetsLost,
      };
    }),
  );
  report("three participants, 60 s", {
    aim: "mean_fps at least 20, longest_freeze_ms at most 500",
    is_aim_met: longestFreezeMs <= 500 && pictures.every((one) => one.mean_fps >= 20),
    mean_fps: pictures.map((picture) => Math.round(picture.mean_fps * 10) / 10),
    one_second_fps_p5: Math.round(percentile(slowest.flat(), 0.05) * 10) / 10,
    longest_freeze_ms: Math.round(longestFreezeMs),
    height_px: pictures.map((picture) => picture.height_px),
    lost_packets: pictures.reduce((sum, picture) => sum + picture.lost_packets, 0),
    srtp_cipher: [...new Set(after.map((now) => now.media.transport?.srtpCipher))],
    server_cpu_percent_of_a_core: Math.round((cpu_s / elapsed_s) * 1000) / 10,
    server_memory_mib: Math.round(server.memoryMib()),
    sent_layers: after[0]?.outbound.map(
      (layer) =>
        `${layer.rid || layer.mid} ${layer.height}p ${Math.round(layer.bitrateBps / 1000)} kbit/s ${layer.limitedBy}`,
    ),
  });

  for (const [index, now] of after.entries()) {
    expect(now.pictures.filter((picture) => picture.source === "camera")).toHaveLength(2);
    expect(now.media.transport?.srtpCipher).toMatch(/^SRTP_AEAD_AES_(128|256)_GCM$/);
    expect([server.mediaPort, server.mediaPort + 1]).toContain(now.media.transport?.remotePort);
    const others = new Set(after.map((one) => one.you).filter((id) => id !== now.you));
    for (const other of others) {
      const heard = now.voices.find((voice) => voice.participant === other)?.audioEnergy ?? 0;
      const old = before[index]?.voices.find((voice) => voice.participant === other)?.audioEnergy ?? 0;
      expect(heard, `${now.you} hears ${other}`).toBeGreaterThan(old);
    }
    expect(speakersSeen[index]?.size, "knows who speaks").toBeGreaterThanOrEqual(2);
  }
  // The aims are written above. Without a graphics card three browsers fill two cores, so that
  // anything else on the machine costs pictures; less than this is a fault of ours.
  expect(longestFreezeMs).toBeLessThan(1_500);
  for (const picture of pictures) {
    expect(picture.mean_fps, `${picture.viewer} sees ${picture.of}`).toBeGreaterThan(12);
    expect(picture.lost_packets, `${picture.viewer} sees ${picture.of}`).toBe(0);
  }
}, 240_000);
