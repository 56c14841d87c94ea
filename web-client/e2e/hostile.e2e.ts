/**
 * A meeting goes on while the server is fed garbage: forged STUN, DTLS, RTP and RTCP, TLS and HTTP
 * nonsense, hostile JSON, ten thousand WebSocket connects a minute from one address, and as many
 * connections to the HTTPS port that stay half open or pretend to be media.
 */
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, type Socket } from "node:net";
import tls from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DiagnosticsSnapshot } from "../src/state/diagnostics.ts";
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

/** What was seen of the meeting during a flood. */
interface Meanwhile {
  before: DiagnosticsSnapshot[];
  after: DiagnosticsSnapshot[];
  fps: number[];
}

/** Attacks for a while; `attack` is called again and again with the seconds that have passed. */
async function flood(attack: (elapsed_s: number) => Promise<unknown>): Promise<Meanwhile> {
  const before = await Promise.all(seats.map((seat) => figures(seat.page)));
  const began = performance.now();
  while (performance.now() - began < SECONDS * 1000) {
    await attack((performance.now() - began) / 1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const after = await Promise.all(seats.map((seat) => figures(seat.page)));
  const elapsed_s = (performance.now() - began) / 1000;
  const decoded = (now: DiagnosticsSnapshot): number =>
    now.pictures.reduce((sum, picture) => sum + picture.framesDecoded, 0);
  const fps = after.map((now, index) => {
    const shown = decoded(now) - decoded(before[index] as DiagnosticsSnapshot);
    return Math.round((shown / elapsed_s) * 10) / 10;
  });
  return { before, after, fps };
}

function longestFreeze_ms({ after }: Meanwhile): number {
  return Math.max(...after.flatMap((now) => now.pictures.map((picture) => picture.longestFreezeMs)));
}

async function expectUntouched({ before, after }: Meanwhile): Promise<void> {
  for (const [index, now] of after.entries()) {
    expect(now.phase).toBe("in");
    expect(now.you).toBe(before[index]?.you);
    expect(now.media.leg).toBe(before[index]?.media.leg);
    expect(now.connection.state).toBe("open");
  }
  await Promise.all(seats.map((seat) => waitPictures(seat.page, 1)));
  expect((await server.request("GET", "/healthz")).status).toBe(200);
}

test("garbage and floods cost nobody the meeting", async () => {
  const udp = createSocket("udp4");
  const answers = new Map<string, number>();
  const refusals = new Map<number, number>();
  let datagrams = 0;
  let connects = 0;
  let requests = 0;
  const seen = await flood(async (elapsed_s) => {
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
  });
  udp.close();
  report("flooded for 20 s", {
    datagrams,
    websocket_connects: connects,
    websocket_answers: Object.fromEntries(answers),
    login_answers: Object.fromEntries(refusals),
    fps_meanwhile: seen.fps,
    longest_freeze_ms: longestFreeze_ms(seen),
  });
  await expectUntouched(seen);
  // How many is a figure, and depends on what else this machine does; that they go on does not.
  for (const fps of seen.fps) expect(fps).toBeGreaterThan(3);
  expect(answers.get("101") ?? 0, "nobody without identity is let in").toBe(0);
  for (const status of refusals.keys()) expect(status).toBeGreaterThanOrEqual(400);
}, 120_000);

/** A STUN message of `kind` with a user fragment that nobody has, as ICE over TCP frames it. */
function framedCheck(kind: number): Buffer {
  const name = Buffer.from(`A${randomBytes(4).toString("hex")}:brow`);
  const attribute = Buffer.concat([Buffer.from([0, 6, 0, name.length]), name, Buffer.alloc(2)]);
  const head = Buffer.from([0, kind, 0, attribute.length, 0x21, 0x12, 0xa4, 0x42]);
  const message = Buffer.concat([head, randomBytes(12), attribute]);
  return Buffer.concat([Buffer.from([0, message.length]), message]);
}

/** How connections to the shared port begin that never become anything. */
const BEGINNINGS: readonly (() => Buffer)[] = [
  // Silence, half a ClientHello, plain HTTP, noise.
  () => Buffer.alloc(0),
  () => Buffer.from([0x16, 3, 1, 2, 0, 1]),
  () => Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
  () => randomBytes(400),
  // A frame that is announced and never comes, one that is too long, a check for nobody.
  () => Buffer.from([0, 200, 0, 1]),
  () => Buffer.from([5, 0xff, 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]),
  () => framedCheck(1),
  () => framedCheck(0x11),
];

test("half-open connections and false media on the HTTPS port cost nobody the meeting", async () => {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.resume();
    return socket;
  };
  let connects = 0;
  let most_open = 0;
  const [cpu_s, began] = [server.cpuSeconds(), performance.now()];
  const seen = await flood(async (elapsed_s) => {
    for (; connects < elapsed_s * CONNECTS_PER_S; connects++) {
      const { httpPort: port, host } = server;
      if (connects % 10 === 0) {
        // TURN that asks for a relay without credentials, and then for what is no TURN.
        const turn = keep(tls.connect({ port, host, rejectUnauthorized: false }));
        turn.write(Buffer.concat([framedCheck(3).subarray(2), randomBytes(64)]));
      } else {
        const begin = BEGINNINGS[connects % BEGINNINGS.length] as () => Buffer;
        keep(connect({ port, host })).write(begin());
      }
    }
    most_open = Math.max(most_open, sockets.size);
  });
  const server_cpu_percent_of_a_core = Math.round(
    ((server.cpuSeconds() - cpu_s) / (performance.now() - began)) * 100_000,
  );
  report("half-open and false connections for 20 s", {
    connects,
    most_open,
    fps_meanwhile: seen.fps,
    longest_freeze_ms: longestFreeze_ms(seen),
    server_cpu_percent_of_a_core,
    server_mib: Math.round(server.memoryMib()),
  });
  await expectUntouched(seen);
  // Pictures depend on what else this machine does; that the attack costs the server little does not.
  expect(server_cpu_percent_of_a_core).toBeLessThan(50);
  await expect.poll(() => sockets.size, { timeout: 40_000 }).toBe(0);
}, 120_000);
