/**
 * Officials behind a locked network meet all the same: where nothing but HTTPS to the server passes
 * (nftables in a network namespace), and where there is no network but an HTTP CONNECT proxy that lets
 * nothing but TLS through. Both browsers are behind the lock.
 */
import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, type TestContext, test } from "vitest";
import type { DiagnosticsSnapshot } from "../src/state/diagnostics.ts";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { ConnectProxy } from "./harness/connect-proxy.ts";
import { report } from "./harness/figures.ts";
import { button, joinAsGuest, waitFigures, waitPictures, word } from "./harness/meeting.ts";
import { canFilter, canMakeNamespaces, Namespace } from "./harness/namespace.ts";
import { Server } from "./harness/server.ts";
import { trustingHome } from "./harness/trust.ts";

const [first, second] = people as [(typeof people)[0], (typeof people)[0]];
/** How long pictures must move, in ms. */
const MEETING_MS = 5_000;

let space: Namespace | null = null;
let server: Server;
let home: string;
let proxy: ConnectProxy | null = null;
const seats: Seat[] = [];

beforeAll(async () => {
  if (canMakeNamespaces()) space = Namespace.make();
  server = await Server.start(space?.serverAddress ?? "localhost");
  home = await trustingHome(server);
});

afterEach(async () => {
  await Promise.all(seats.splice(0).map((seat) => seat.close()));
  await proxy?.stop();
  proxy = null;
});

afterAll(async () => {
  await server?.stop();
  space?.remove();
  if (home) rmSync(home, { recursive: true, force: true });
});

/** The namespace; without root or nftables the test says so and proves nothing. */
function locked(context: TestContext): Namespace {
  if (!space) context.skip("network namespaces need root");
  if (!canFilter(space as Namespace)) context.skip("nftables is missing");
  return space as Namespace;
}

/** Two people behind the lock meet; their figures after some seconds. */
async function meet(where: Namespace, extraArgs: readonly string[]): Promise<DiagnosticsSnapshot[]> {
  for (const person of [first, second]) {
    seats.push(await openSeat(person, { namespace: where.name, home, extraArgs }));
  }
  for (const [index, person] of [first, second].entries()) {
    const page = (seats[index] as Seat).page;
    await joinAsGuest(page, server, "demo", person, { microphone: true, camera: true });
  }
  return Promise.all(
    seats.map(async (seat) => {
      const begun = await waitPictures(seat.page, 1);
      return waitFigures(
        seat.page,
        "pictures for some seconds",
        (now) =>
          now.atMs > begun.atMs + MEETING_MS &&
          now.pictures.some((picture) => picture.source === "camera" && picture.fps > 5),
      );
    }),
  );
}

function shown(all: readonly DiagnosticsSnapshot[]): Record<string, unknown> {
  return {
    paths: all.map(({ media: { transport } }) => ({
      local: transport?.localType,
      relay: transport?.relayProtocol,
      protocol: transport?.protocol,
      remote: `${transport?.remoteAddress}:${transport?.remotePort}`,
      rtt_ms: Math.round(transport?.rttMs ?? 0),
    })),
    fps: all.map((now) => now.pictures.filter((p) => p.source === "camera").map((p) => Math.round(p.fps))),
    legs: all.map((now) => now.media.legsOpened),
  };
}

test("with UDP and every TCP port but HTTPS dropped, two people meet over ICE-TCP", async (context) => {
  const where = locked(context);
  where.allowOnlyTcp(server.httpPort);
  const all = await meet(where, []);
  report("only the HTTPS port is open", { ...shown(all), udp_packets_dropped: where.droppedUdp() });
  for (const { media } of all) {
    expect(media.transport).toMatchObject({ protocol: "tcp", remotePort: server.httpPort });
    expect(media.transport?.srtpCipher).toMatch(/^SRTP_AEAD_AES_(128|256)_GCM$/u);
  }
  expect(where.droppedUdp(), "the firewall was at work").toBeGreaterThan(0);
});

/** A proxy to the HTTPS port, and a firewall that lets nothing pass but to the proxy; the flag for browsers. */
async function behindProxy(where: Namespace, onlyTls: boolean): Promise<string> {
  const target = { host: server.host, port: server.httpPort };
  proxy = await ConnectProxy.start(where.serverAddress, target, onlyTls);
  where.allowOnlyTcp(proxy.port);
  return `--proxy-server=http://${where.serverAddress}:${proxy.port}`;
}

function tunnels(): Record<string, unknown> {
  return { tunnels: proxy?.tunnels, refused: proxy?.refused, not_tls: proxy?.notTls };
}

test("through a CONNECT proxy that looks at nothing, two people meet over ICE-TCP", async (context) => {
  const where = locked(context);
  const all = await meet(where, [await behindProxy(where, false)]);
  report("only a CONNECT proxy", { ...shown(all), proxy: tunnels() });
  for (const { media } of all) {
    expect(media.transport).toMatchObject({ protocol: "tcp", remotePort: server.httpPort });
  }
});

test("through a CONNECT proxy that lets TLS alone pass, two people meet over TURN", async (context) => {
  const where = locked(context);
  const all = await meet(where, [await behindProxy(where, true)]);
  report("only a CONNECT proxy that wants TLS", { ...shown(all), proxy: tunnels() });
  for (const { media } of all) {
    expect(media.transport).toMatchObject({ localType: "relay", relayProtocol: "tls" });
    expect([server.mediaPort, server.mediaPort + 1]).toContain(media.transport?.remotePort);
  }
});

test("the connection test behind that proxy shows which way is open", async (context) => {
  const where = locked(context);
  const extraArgs = [await behindProxy(where, true)];
  const seat = await openSeat(first, { namespace: where.name, home, extraArgs });
  seats.push(seat);
  await seat.page.goto(`${server.url}/check`);
  await button(seat.page, "check.start").click();
  const line = (step: string) => seat.page.locator("li", { hasText: word(`check.step_${step}`) });
  for (const [step, grade] of [
    ["udp", "weak"],
    ["tcp", "weak"],
    ["tls", "good"],
  ] as const) {
    await line(step)
      .getByText(word(`check.grade_${grade}`), { exact: true })
      .waitFor({ timeout: 60_000 });
  }
});
