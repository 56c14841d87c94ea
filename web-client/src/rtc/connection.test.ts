/** Rules of the signalling line: it comes back, loses nothing, repeats only what may be repeated. */
// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Refusal } from "../protocol/error-codes";
import type { ClientMessage, ServerMessage } from "../protocol/generated";
import { NO_COURSE, NO_COURSE_INFO } from "../testing/fake-course";
import { ACK_MS, Connection, PING_MS, SILENCE_LIMIT_MS, type Socket } from "./connection";

class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  readonly sent: ClientMessage[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }

  close(): void {
    this.isClosed = true;
  }

  opens(): void {
    this.onopen?.(new Event("open"));
  }

  says(frame: object): void {
    this.onmessage?.(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }

  breaks(code = 1006): void {
    this.onclose?.(new CloseEvent("close", { code }));
  }

  last(type: ClientMessage["type"]): ClientMessage | undefined {
    return this.sent.findLast((message) => message.type === type);
  }
}

const YOU = { participant: 1, role: "delegate", may: [] };
const CONFERENCE = {
  info: {
    id: "demo",
    title: "",
    label: "",
    locked: false,
    waiting_room: false,
    ended: false,
    ...NO_COURSE_INFO,
  },
  participants: [],
  hands: [],
  chat: [],
  waiting: [],
  ...NO_COURSE,
};

function welcome(seq: number, resume = "token-1") {
  return { seq, type: "welcome", you: YOU, resume, server_time_ms: 0, conference: CONFERENCE };
}

function hands(seq: number) {
  return { seq, type: "delta", delta: { kind: "hands", hands: [seq] } };
}

function line(admission: () => Promise<Refusal | null> = () => Promise.resolve(null)) {
  const sockets: FakeSocket[] = [];
  const told: ServerMessage[] = [];
  const states: string[] = [];
  const ready: string[] = [];
  const refused: Refusal[] = [];
  const connection = new Connection({
    openSocket() {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    media: () => ({ microphone: true, camera: false }),
    admission,
    random: () => 0.5,
    events: {
      onState: (state, attempt) => states.push(`${state} ${attempt}`),
      onReliable: (message) => told.push(message),
      onVolatile: () => undefined,
      onReady: (how) => ready.push(how),
      onRefused: (refusal) => refused.push(refusal),
      onToldRefused: () => undefined,
      onClock: () => undefined,
    },
  });
  const newest = () => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  };
  return { connection, sockets, newest, told, states, ready, refused };
}

function inMeeting(admission?: () => Promise<Refusal | null>) {
  const all = line(admission);
  all.connection.start();
  all.newest().opens();
  all.newest().says(welcome(1));
  return all;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("greeting", () => {
  it("comes first and carries what the person has switched on", () => {
    const { newest, ready, states } = inMeeting();
    expect(newest().sent[0]).toMatchObject({ type: "hello", microphone: true, camera: false });
    expect(newest().sent[0]).not.toHaveProperty("resume");
    expect(ready).toEqual(["welcome"]);
    expect(states).toEqual(["connecting 1", "open 0"]);
  });

  it("takes the place back after a break, at once", () => {
    const { newest, sockets, states } = inMeeting();
    newest().says(hands(2));
    newest().breaks();
    vi.advanceTimersByTime(0);
    expect(sockets).toHaveLength(2);
    newest().opens();
    expect(newest().sent[0]).toMatchObject({ type: "hello", resume: "token-1", last_seq: 2 });
    newest().says({ type: "resumed", you: YOU, resume: "token-2" });
    expect(states.at(-1)).toBe("open 0");
    newest().breaks();
    vi.advanceTimersByTime(0);
    newest().opens();
    expect(newest().sent[0]).toMatchObject({ resume: "token-2" });
  });

  it("begins afresh on the same socket when the place is gone", () => {
    const { newest, sockets } = inMeeting();
    newest().breaks();
    vi.advanceTimersByTime(0);
    newest().opens();
    const hello = newest().last("hello");
    newest().says({ type: "refused", id: hello?.id, error: "bad_resume" });
    expect(sockets).toHaveLength(2);
    expect(newest().last("hello")).not.toHaveProperty("resume");
    newest().says(welcome(1, "token-9"));
    expect(newest().isClosed).toBe(false);
  });

  it("ends when the server says no in words", () => {
    const { newest, refused, connection, states } = line();
    void connection;
    connection.start();
    newest().opens();
    newest().says({ type: "refused", id: newest().last("hello")?.id, error: "locked" });
    expect(refused).toMatchObject([{ error: "locked" }]);
    expect(states.at(-1)).toBe("closed 0");
  });

  it("waits as long as a stopping server asks", () => {
    const { newest, sockets, connection } = line();
    connection.start();
    newest().opens();
    newest().says({ type: "refused", id: newest().last("hello")?.id, error: "stopping", retry_ms: 3000 });
    vi.advanceTimersByTime(2900);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(100);
    expect(sockets).toHaveLength(2);
  });
});

describe("numbered messages", () => {
  it("are handed on once and in order", () => {
    const { newest, told, connection } = inMeeting();
    newest().says(hands(2));
    newest().says(hands(2));
    newest().says(hands(3));
    expect(told).toHaveLength(3);
    expect(connection.counts).toMatchObject({ seq: 3, duplicates: 1 });
  });

  it("are acknowledged in batches", () => {
    const { newest } = inMeeting();
    for (let seq = 2; seq <= 10; seq += 1) newest().says(hands(seq));
    expect(newest().last("ack")).toBeUndefined();
    vi.advanceTimersByTime(ACK_MS);
    expect(newest().sent.filter((message) => message.type === "ack")).toMatchObject([{ seq: 10 }]);
  });

  it("that are missing are fetched by resuming", () => {
    const { newest, sockets, connection, told } = inMeeting();
    newest().says(hands(4));
    expect(told).toHaveLength(1);
    vi.advanceTimersByTime(0);
    expect(sockets).toHaveLength(2);
    newest().opens();
    expect(newest().last("hello")).toMatchObject({ last_seq: 1 });
    expect(connection.counts.gaps).toBe(1);
  });

  it("of an unknown kind count as handled", () => {
    const { newest, connection } = inMeeting();
    newest().says({ seq: 2, type: "vote_opened" });
    newest().says(hands(3));
    expect(connection.counts).toMatchObject({ seq: 3, unknownMessages: 1, gaps: 0 });
  });

  it("begin anew with a welcome after the server lost its memory", () => {
    const { newest, told } = inMeeting();
    for (let seq = 2; seq <= 9; seq += 1) newest().says(hands(seq));
    newest().breaks();
    vi.advanceTimersByTime(0);
    newest().opens();
    newest().says(welcome(1));
    newest().says(hands(2));
    expect(told.at(-1)).toMatchObject({ delta: { hands: [2] } });
  });
});

describe("requests", () => {
  it("are answered by their number", async () => {
    const { newest, connection } = inMeeting();
    const first = connection.request({ type: "raise_hand" });
    const second = connection.request({ type: "lock", locked: true });
    newest().says({ type: "refused", id: newest().last("lock")?.id, error: "not_allowed" });
    newest().says({ type: "done", id: newest().last("raise_hand")?.id });
    await expect(first).resolves.toEqual({ ok: true });
    await expect(second).resolves.toMatchObject({ ok: false, refusal: { error: "not_allowed" } });
  });

  it("wait for the line to come back and are then sent", async () => {
    const { newest, connection } = inMeeting();
    newest().breaks();
    const answer = connection.request({ type: "raise_hand" });
    vi.advanceTimersByTime(0);
    newest().opens();
    expect(newest().last("raise_hand")).toBeUndefined();
    newest().says({ type: "resumed", you: YOU, resume: "t" });
    newest().says({ type: "done", id: newest().last("raise_hand")?.id });
    await expect(answer).resolves.toEqual({ ok: true });
  });

  it("are repeated after a break, but a chat message never is", async () => {
    const { newest, connection } = inMeeting();
    const media = connection.request({ type: "set_media", microphone: false, camera: true, screen: false });
    const chat = connection.request({ type: "chat", text: "Kính chào" });
    newest().breaks();
    await expect(chat).resolves.toMatchObject({ refusal: { error: "connection_lost" } });
    vi.advanceTimersByTime(0);
    newest().opens();
    newest().says({ type: "resumed", you: YOU, resume: "t" });
    expect(newest().last("chat")).toBeUndefined();
    newest().says({ type: "done", id: newest().last("set_media")?.id });
    await expect(media).resolves.toEqual({ ok: true });
  });

  it("give up without an answer", async () => {
    const { connection } = inMeeting();
    const answer = connection.request({ type: "raise_hand" });
    vi.advanceTimersByTime(10_000);
    await expect(answer).resolves.toMatchObject({ refusal: { error: "no_answer" } });
  });
});

describe("the line", () => {
  it("tries again ever more slowly, and never gives up", () => {
    const { newest, sockets, states } = inMeeting();
    newest().breaks();
    const gaps: number[] = [];
    for (let attempt = 1; attempt <= 60; attempt += 1) {
      const before = Date.now();
      while (sockets.length < attempt + 1) vi.advanceTimersToNextTimer();
      gaps.push(Date.now() - before);
      newest().breaks();
    }
    expect(gaps.slice(0, 8)).toEqual([0, 250, 500, 1000, 2000, 2500, 2500, 2500]);
    expect(gaps.at(-1)).toBe(5000);
    expect(states.at(-1)).toBe("reconnecting 60");
  });

  it("gives up a socket that does not open in time", () => {
    const { newest, sockets } = inMeeting();
    newest().breaks();
    vi.advanceTimersByTime(0);
    const stuck = newest();
    vi.advanceTimersByTime(2500 + 250);
    expect(stuck.isClosed).toBe(true);
    expect(sockets).toHaveLength(3);
  });

  it("counts as broken after silence, and stands while pongs come", () => {
    const { newest, sockets } = inMeeting();
    for (let round = 0; round < 10; round += 1) {
      vi.advanceTimersByTime(PING_MS);
      newest().says({ type: "pong", sent_ms: Date.now(), server_time_ms: Date.now() + 500 });
    }
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(SILENCE_LIMIT_MS + PING_MS);
    expect(sockets.length).toBeGreaterThan(1);
  });

  it("is tried at once when the network comes back", () => {
    const { newest, sockets } = inMeeting();
    for (let attempt = 0; attempt < 6; attempt += 1) {
      newest().breaks();
      vi.advanceTimersToNextTimer();
    }
    newest().breaks();
    const before = sockets.length;
    window.dispatchEvent(new Event("online"));
    expect(sockets.length).toBe(before + 1);
  });

  it("asks whether the person may still come in when attempts keep failing", async () => {
    const { newest, refused } = inMeeting(() => Promise.resolve({ error: "not_signed_in" }));
    for (let attempt = 0; attempt < 5; attempt += 1) {
      newest().breaks();
      await vi.advanceTimersToNextTimerAsync();
    }
    expect(refused).toEqual([{ error: "not_signed_in" }]);
  });

  it("ends for good when somebody ended the place", () => {
    const { newest, sockets, states, told } = inMeeting();
    newest().says({ seq: 2, type: "ended", reason: "removed", by: "Nguyễn Thị Hường" });
    vi.advanceTimersByTime(60_000);
    expect(told.at(-1)).toMatchObject({ type: "ended", reason: "removed" });
    expect(states.at(-1)).toBe("closed 0");
    expect(sockets).toHaveLength(1);
  });

  it("counts garbage and goes on", () => {
    const { newest, connection } = inMeeting();
    newest().onmessage?.(new MessageEvent("message", { data: "<html>" }));
    newest().onmessage?.(new MessageEvent("message", { data: new ArrayBuffer(3) }));
    newest().says({ type: "captions" });
    newest().says(hands(2));
    expect(connection.counts).toMatchObject({ garbage: 2, unknownMessages: 1, seq: 2 });
  });
});
