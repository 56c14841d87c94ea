/**
 * A browser that installed the root from the page /ca meets without a certificate error, and the
 * certificate changes during a meeting without anybody noticing.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSeat, type Seat } from "./harness/browser.ts";
import { people } from "./harness/clips.ts";
import { figures, joinAsGuest, waitFigures, waitPictures, word } from "./harness/meeting.ts";
import { Server } from "./harness/server.ts";
import { trustingHome } from "./harness/trust.ts";

const [first, second] = people as [(typeof people)[0], (typeof people)[0]];

let server: Server;
/** Home of a person who installed the root, and of one who did not. */
let trusting: string;
let stranger: string;
const seats: Seat[] = [];

beforeAll(async () => {
  server = await Server.start();
  trusting = await trustingHome(server);
  stranger = mkdtempSync(path.join(tmpdir(), "diemcau-stranger-"));
});

afterAll(async () => {
  await Promise.all(seats.map((seat) => seat.close()));
  await server?.stop();
  for (const home of [trusting, stranger]) rmSync(home, { recursive: true, force: true });
});

/** Fingerprint of the certificate that a newcomer is shown. */
function shownCertificate(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host: server.host, port: server.httpPort, rejectUnauthorized: false, servername: "localhost" },
      () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      },
    );
    socket.on("error", reject);
  });
}

test("only a browser with the root installed opens the page without a warning", async () => {
  const seat = await openSeat(second, { home: stranger });
  seats.push(seat);
  await expect(seat.page.goto(server.url)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
  await seats.pop()?.close();

  const trusted = await openSeat(first, { home: trusting });
  seats.push(trusted);
  const violations: string[] = [];
  trusted.page.on("console", (line) => {
    if (/Content Security Policy/u.test(line.text())) violations.push(line.text());
  });
  await trusted.page.goto(`${server.url}/ca`);
  await trusted.page.getByRole("heading", { name: word("ca.title") }).waitFor();
  const described = await server.request("GET", "/api/v1/authority");
  await trusted.page.getByText((described.json as { sha256: string }).sha256).waitFor();
  await trusted.page.screenshot({
    path: new URL("./artifacts/root-certificate.png", import.meta.url).pathname,
    fullPage: true,
  });
  const [download] = await Promise.all([
    trusted.page.waitForEvent("download"),
    trusted.page.getByRole("link", { name: word("ca.download_crt") }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("diem-cau-root.crt");
  expect(violations).toEqual([]);
});

test("a new certificate in the middle of a meeting drops nobody", async () => {
  const one = seats[0] as Seat;
  const other = await openSeat(second, { home: trusting });
  seats.push(other);
  await joinAsGuest(one.page, server, "demo", first, { microphone: true, camera: true });
  await joinAsGuest(other.page, server, "demo", second, { microphone: true, camera: true });
  await Promise.all(seats.map((seat) => waitPictures(seat.page, 1)));
  const before = await Promise.all(seats.map((seat) => figures(seat.page)));
  const shown = await shownCertificate();

  rmSync(path.join(server.dataFolder, "tls", "server.pem"));
  server.reload();
  await expect.poll(shownCertificate, { timeout: 10_000 }).not.toBe(shown);

  for (const [index, seat] of seats.entries()) {
    const then = before[index];
    const later = (await figures(seat.page)).atMs + 3_000;
    const now = await waitFigures(seat.page, "three more seconds", (figures) => figures.atMs > later);
    expect(now.connection.state).toBe("open");
    expect(now.media.leg).toBe(then?.media.leg);
    expect(now.connection.reconnects).toBe(then?.connection.reconnects);
    expect(now.pictures.some((picture) => picture.source === "camera" && picture.fps > 5)).toBe(true);
  }
  // Newcomers with the same root go on without a warning.
  const page = await one.browser.newContext().then((context) => context.newPage());
  await page.goto(`${server.url}/healthz`);
});
