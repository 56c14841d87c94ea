/**
 * Answers of the HTTP API without a server: replaces `fetch` for this page. For screenshots and
 * tests of pages; never part of the product's bundle.
 */
import type { Authority, Duty, Lobby, Person } from "../protocol/generated";
import { maySeeStatistics } from "../routes";
import { answerAccount, answerImport } from "./fake-account";
import { fakeOffer } from "./fake-offer";
import { createFakePlans, type FakePlansOptions, FakeRefusal, UNKNOWN } from "./fake-plans";
import { fakeStatistics } from "./fake-statistics";

export interface FakeServerOptions extends FakePlansOptions {
  /** Role of who is signed in; `nobody` or `guest`. */
  person?: string;
  /** Name of who is signed in. */
  name?: string;
  /** State of the door: open, waiting, before, locked, full, server-full, ended, members, unknown, offline. */
  lobby?: string;
  /** How a sign-in ends: ok, wrong, locked, offline. */
  login?: string;
  /** How far the server's clock is ahead of the page's, in minutes. */
  clockMinutes?: number;
  /** What must be done first: set_password, renew_password, set_up_second_factor. */
  duty?: string;
  /** Second factor: on or off. */
  factor?: string;
  /** Seconds that the session lives; none: as long as the page is open. */
  left?: number;
  /** The media port: blocked, or no word of it. */
  media?: string;
  /** When the door opens, in ms since 1970; with `lobby: before` 12 minutes after the page's start. */
  opensMs?: number;
  /** Participants of whose connections there are figures; offline: no answer; unknown: no conference. */
  statistics?: number | "offline" | "unknown";
  /** Who issued the certificate: ours or public. */
  authority?: string;
  /** Questions whose path ends with this find no server. */
  fails?: string;
  /** Questions whose path ends with this are never answered. */
  waits?: string;
}

const AUTHORITY: Authority = {
  name: "Diem Cau CA 4f3a9c",
  sha256: Array.from({ length: 32 }, (_, at) => (at * 7 + 16).toString(16).toUpperCase().slice(-2)).join(":"),
  expires_at_ms: Date.UTC(2036, 10, 22),
};

let asked: readonly { what: string; body: unknown }[] = [];

/** What the page has asked to change about meetings since it was opened. */
export function changesAsked(): readonly { what: string; body: unknown }[] {
  return asked;
}

/** From now on `fetch` of this page is answered here. Returns the way back. */
export function answerLikeServer(options: FakeServerOptions): () => void {
  const real = window.fetch;
  const plans = createFakePlans(options);
  asked = plans.done;
  window.fetch = async (input, init) => {
    const { pathname, searchParams } = new URL(String(input), window.location.href);
    if (!pathname.startsWith("/api/")) return real(input, init);
    const path = pathname.replace("/api/v1", "");
    if (options.fails && path.endsWith(options.fails)) throw new TypeError("no network");
    if (options.waits && path.endsWith(options.waits)) return new Promise(() => undefined);
    if (path === "/people/import") return answerImport(searchParams.has("apply"));
    const isJson = typeof init?.body === "string";
    const file =
      init?.body instanceof Blob ? { file: new Headers(init.headers).get("content-type") } : undefined;
    const body: unknown = isJson ? JSON.parse(String(init?.body)) : file;
    const person = personOf(options.person ?? "chair", options);
    const planned = plans.answer(init?.method ?? "GET", path, searchParams, body, person);
    if (planned instanceof FakeRefusal) return refused(planned.status, planned.body);
    return planned === UNKNOWN ? answer(path, init, options) : json(planned);
  };
  return () => {
    window.fetch = real;
  };
}

function answer(path: string, init: RequestInit | undefined, options: FakeServerOptions): Response {
  const method = init?.method ?? "GET";
  const person = personOf(options.person ?? "chair", options);
  if (path === "/me") return person ? json(person) : refused(401, { error: "not_signed_in" });
  const account = answerAccount(path, method, options, person);
  if (account) return account;
  if (path === "/auth/login") return login(options.login ?? "ok");
  if (path.endsWith("/lobby")) return lobby(options, person);
  if (path.includes("/reports/")) return new Response(`${path.split("/").at(-1)}\r\n`);
  if (path.endsWith("/statistics")) return statistics(options, person);
  if (path.startsWith("/check/leg") && options.media === "blocked") return blockedLeg(path);
  if (path.startsWith("/check")) return check(path, init);
  if (path === "/authority" && options.authority !== "public") return json(AUTHORITY);
  if (method === "POST")
    return path.endsWith("logout") ? new Response(null, { status: 204 }) : json({ id: "demo" });
  return refused(404, { error: "not_found" });
}

function statistics({ statistics: kind = 277 }: FakeServerOptions, person: Person | null): Response {
  if (kind === "offline") throw new TypeError("no network");
  if (person === null) return refused(401, { error: "not_signed_in" });
  if (!maySeeStatistics(person.role)) return refused(403, { error: "not_allowed" });
  if (kind === "unknown") return refused(404, { error: "no_such_conference" });
  const runsServer = person.role === "administrator" || person.role === "duty_operator";
  return json(fakeStatistics(kind, runsServer));
}

/** A media connection of which nothing comes. */
function blockedLeg(path: string): Response {
  return path.endsWith("/leg") ? json({ key: "k", sdp: fakeOffer() }) : new Response(null, { status: 204 });
}

/** Everything of the connection test but a media connection, for which there is no server. */
function check(path: string, init: RequestInit | undefined): Response {
  if (path === "/check") return json({ id: "K7M2P9QX" });
  if (path === "/check/clock") return json({ server_time_ms: Date.now() });
  if (path === "/check/download") return new Response(new Uint8Array(256 << 10));
  if (path === "/check/upload") {
    return json({ bytes: init?.body instanceof Uint8Array ? init.body.length : 0 });
  }
  return refused(503, { error: "busy", retry_s: 5 });
}

function login(kind: string): Response {
  if (kind === "offline") throw new TypeError("no network");
  if (kind === "wrong") return refused(401, { error: "wrong_credentials" });
  if (kind === "code") return refused(401, { error: "code_needed" });
  if (kind === "locked") return refused(423, { error: "account_locked", retry_s: 287 });
  return json(personOf("chair"));
}

function personOf(role: string, { duty, name }: FakeServerOptions = {}): Person | null {
  if (role === "nobody") return null;
  const isGuest = role === "guest";
  return {
    id: "1",
    user: isGuest ? "" : "auntt",
    name: name ?? "Nguyễn Thị Ỷ Ậu",
    unit: "Sở Nông nghiệp và Môi trường",
    role: isGuest ? "delegate" : (role as Person["role"]),
    guest: isGuest,
    ...(duty ? { duty: duty as Duty } : {}),
  };
}

/** When the page began: the door's time must not move with each question. */
const BEGAN_MS = Date.now();

function lobby(options: FakeServerOptions, you: Person | null): Response {
  const kind = options.lobby ?? "open";
  if (kind === "offline") throw new TypeError("no network");
  if (kind === "unknown") return refused(404, { error: "no_such_conference" });
  const door: Lobby = {
    id: "demo",
    title: "Hội nghị toàn tỉnh: kinh tế – xã hội tháng 11, nhiệm vụ tháng 12/2026",
    label: "Nội bộ",
    chair: "Hoàng Minh Thắng",
    open: true,
    locked: kind === "locked",
    ended: kind === "ended",
    waiting_room: kind === "waiting",
    guests_allowed: kind !== "members",
    participants: kind === "full" ? 300 : 251,
    limit: 300,
    ...(kind === "server-full" ? { server_full: true } : {}),
    you,
    ...(kind === "before" ? { opens_ms: options.opensMs ?? BEGAN_MS + 12 * 60_000 } : {}),
  };
  const date = new Date(Date.now() + (options.clockMinutes ?? 0) * 60_000).toUTCString();
  return json(door, { date });
}

function json(body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status: 200,
    headers: { "content-type": "application/json", ...headers },
  });
}

function refused(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}
