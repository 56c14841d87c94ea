/**
 * A meeting goes on while the server is fed garbage: forged STUN, DTLS, RTP and RTCP, TLS and HTTP
 * nonsense, hostile JSON, and ten thousand WebSocket connects a minute from one address.
 */
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import tls from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { report } from "./harness/figures.ts";
import { figures, joinAsGuest, waitPictures } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";

const SECONDS = 20;
/** Ten thousand a minute. */
const CONNECTS_PER_S = 167;
const DATAGRAMS_PER_S = 2_000;

let server: Server;
const seats: Seat[] = [];

beforeAll(async () => {
  server = await Server.start();
  for (const person of people.slice(0, 2)) {
    const seat = await openSeat(person);
    seats.push(seat);
    await joinAsGuest(seat.page, server, "demo", person, { microphone: true, camera: true });
  }
  for (const seat of seats) await waitPictures(seat.page, 1);
});

afterAll(async () => {
  await Promise.all(seats.map((seat) => seat.close()));
  await server?.stop();
});

/** One hostile datagram: right first bytes of each protocol, then noise; any length. */
function hostileDatagram(): Buffer {
  const noise = randomBytes(Math.floor(Math.random() * 1400));
  const heads = [
    Buffer.from([0x00, 0x01, 0x00, 0x08, 0x21, 0x12, 0xa4, 0x42]), // STUN binding request
    Buffer.from([0x16, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0x01]), // DTLS ClientHello
    Buffer.from([0x90, 0x60, 0x00, 0x01, 0, 0, 0, 1, 0x10, 0, 0, 0]), // RTP with extension
    Buffer.from([0x80, 0xc8, 0x00, 0xff]), // RTCP longer than it is
    Buffer.alloc(0),
  ];
  return Buffer.concat([heads[Math.floor(Math.random() * heads.length)] as Buffer, noise]);
}

function websocketConnect(port: number, host: string, answers: Map<string, number>): void {
  const socket = tls.connect({ port, host, rejectUnauthorized: false }, () => {
    socket.write(
      `GET /api/v1/conferences/demo/ws HTTP/1.1\r\nHost: ${host}:${port}\r\nOrigin: https://${host}:${port}\r\n` +
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Protocol: diemcau.v1\r\n\r\n`,
    );
  });
  socket.setTimeout(5_000, () => socket.destroy());
  const count = (key: string): void => {
    answers.set(key, (answers.get(key) ?? 0) + 1);
  };
  socket.on("data", (chunk) => {
    count(/^HTTP\/1\.1 (\d{3})/.exec(chunk.toString("latin1"))?.[1] ?? "other");
    socket.destroy();
  });
  socket.on("error", () => count("closed"));
}

test("garbage and floods cost nobody the meeting", async () => {
  const before = await Promise.all(seats.map((seat) => figures(seat.page)));
  const udp = createSocket("udp4");
  const answers = new Map<string, number>();
  const refusals = new Map<number, number>();
  const began = performance.now();
  let datagrams = 0;
  let connects = 0;
  let requests = 0;
  while (performance.now() - began < SECONDS * 1000) {
    const elapsed_s = (performance.now() - began) / 1000;
    while (datagrams < elapsed_s * DATAGRAMS_PER_S) {
      udp.send(hostileDatagram(), server.mediaPort + (datagrams++ % 2), "127.0.0.1");
    }
    while (connects < elapsed_s * CONNECTS_PER_S) {
      websocketConnect(server.httpPort, server.host, answers);
      connects++;
    }
    const body = [null, [], { user: [], password: {} }, "\u0000", { user: "x".repeat(100_000) }][
      requests++ % 5
    ];
    const answer = await server.request("POST", "/api/v1/auth/login", body).catch(() => ({ status: 0 }));
    refusals.set(answer.status, (refusals.get(answer.status) ?? 0) + 1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  udp.close();
  const after = await Promise.all(seats.map((seat) => figures(seat.page)));
  const elapsed_s = (performance.now() - began) / 1000;
  const fps = after.map((now, index) => {
    const of = (snapshot: typeof now): number =>
      snapshot.pictures.reduce((sum, picture) => sum + picture.framesDecoded, 0);
    return Math.round(((of(now) - of(before[index] as typeof now)) / elapsed_s) * 10) / 10;
  });
  report("flooded for 20 s", {
    datagrams,
    websocket_connects: connects,
    websocket_answers: Object.fromEntries(answers),
    login_answers: Object.fromEntries(refusals),
    fps_meanwhile: fps,
    longest_freeze_ms: Math.max(
      ...after.flatMap((now) => now.pictures.map((picture) => picture.longestFreezeMs)),
    ),
  });
  for (const [index, now] of after.entries()) {
    expect(now.phase).toBe("in");
    expect(now.you).toBe(before[index]?.you);
    expect(now.media.leg).toBe(before[index]?.media.leg);
    expect(now.connection.state).toBe("open");
    expect(fps[index]).toBeGreaterThan(10);
  }
  expect(answers.get("101") ?? 0, "nobody without identity is let in").toBe(0);
  for (const status of refusals.keys()) expect(status).toBeGreaterThanOrEqual(400);
  await Promise.all(seats.map((seat) => waitPictures(seat.page, 1)));
  expect((await server.request("GET", "/healthz")).status).toBe(200);
}, 120_000);
