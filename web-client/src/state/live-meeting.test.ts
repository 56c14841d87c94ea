/** Rules of a whole seat against a scripted server: join, act, break, come back, end. */
// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientMessage, ParticipantView } from "../protocol/generated";
import type { Socket } from "../rtc/connection";
import { NO_COURSE, NO_COURSE_INFO } from "../testing/fake-course";
import { createLiveMeeting } from "./live-meeting";
import { isOwnHandUp } from "./meeting-store";
import { createSettings } from "./settings-store";

class ScriptedSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  readonly sent: ClientMessage[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }

  close(): void {
    this.onclose = null;
  }

  says(frame: object): void {
    this.onmessage?.(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }

  count(type: ClientMessage["type"]): number {
    return this.sent.filter((message) => message.type === type).length;
  }

  idOf(type: ClientMessage["type"]): number {
    return this.sent.findLast((message) => message.type === type)?.id ?? 0;
  }
}

const OWN: ParticipantView = {
  id: 5,
  name: "Lê Quang Đạt",
  unit: "",
  role: "delegate",
  presence: "here",
  microphone: false,
  camera: false,
  screen: false,
  muted_by: null,
};

const WELCOME = {
  type: "welcome",
  seq: 1,
  you: { participant: 5, role: "delegate", may: ["chat", "raise_hand", "send_sound"] },
  resume: "token",
  server_time_ms: 0,
  conference: {
    info: {
      id: "demo",
      title: "Họp giao ban",
      label: "",
      locked: false,
      waiting_room: false,
      ended: false,
      ...NO_COURSE_INFO,
    },
    participants: [OWN],
    hands: [],
    chat: [],
    waiting: [],
    ...NO_COURSE,
  },
};

function seat() {
  const sockets: ScriptedSocket[] = [];
  const meeting = createLiveMeeting({
    conference: "demo",
    settings: createSettings(null),
    openSocket() {
      const socket = new ScriptedSocket();
      sockets.push(socket);
      return socket;
    },
  });
  const socket = () => {
    const newest = sockets.at(-1);
    if (newest === undefined) throw new Error("no socket was opened");
    return newest;
  };
  const enters = () => {
    meeting.commands.join();
    socket().onopen?.(new Event("open"));
    socket().says(WELCOME);
  };
  return { meeting, sockets, socket, enters };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a seat", () => {
  it("is in after the welcome and asks for media at once", () => {
    const { meeting, socket, enters } = seat();
    enters();
    expect(meeting.store.getState()).toMatchObject({ phase: "in", order: [5], media: "connecting" });
    expect(socket().count("open_media")).toBe(1);
    expect(window.__diemcau?.snapshot()).toMatchObject({ phase: "in", you: 5, connection: { seq: 1 } });
    meeting.close();
  });

  it("waits where it stands until it is admitted", () => {
    const { meeting, socket } = seat();
    meeting.commands.join();
    socket().onopen?.(new Event("open"));
    socket().says({ type: "waiting", seq: 1, place: 3, resume: "w" });
    expect(meeting.store.getState()).toMatchObject({ phase: "waiting", waitingPlace: 3 });
    expect(socket().count("open_media")).toBe(0);
    socket().says({ ...WELCOME, seq: 2 });
    expect(meeting.store.getState().phase).toBe("in");
    expect(socket().count("open_media")).toBe(1);
    meeting.close();
  });

  it("shows the own hand at once and takes it back when refused", async () => {
    const { meeting, socket, enters } = seat();
    enters();
    const raised = meeting.commands.raiseHand();
    expect(isOwnHandUp(meeting.store.getState())).toBe(true);
    socket().says({ type: "refused", id: socket().idOf("raise_hand"), error: "not_allowed" });
    await raised;
    expect(isOwnHandUp(meeting.store.getState())).toBe(false);
    expect(meeting.toasts.store.getState().shown).toMatchObject([
      { code: "refused", facts: { error: "not_allowed" } },
    ]);
    meeting.close();
  });

  it("stays in the meeting through a break, with everything on the screen", () => {
    const { meeting, sockets, socket, enters } = seat();
    enters();
    socket().onclose?.(new CloseEvent("close", { code: 1006 }));
    expect(meeting.store.getState()).toMatchObject({
      phase: "in",
      order: [5],
      connection: { state: "reconnecting" },
    });
    vi.advanceTimersByTime(0);
    socket().onopen?.(new Event("open"));
    socket().says({ type: "resumed", you: WELCOME.you, resume: "t2" });
    socket().says({ type: "delta", seq: 2, delta: { kind: "hands", hands: [5] } });
    expect(sockets).toHaveLength(2);
    expect(meeting.store.getState()).toMatchObject({
      phase: "in",
      hands: [5],
      connection: { state: "open" },
    });
    meeting.close();
  });

  it("ends when removed, and says by whom", () => {
    const { meeting, sockets, socket, enters } = seat();
    enters();
    socket().says({ type: "ended", seq: 2, reason: "removed", by: "Nguyễn Thị Hường" });
    expect(meeting.store.getState()).toMatchObject({
      phase: "ended",
      ended: { reason: "removed", by: "Nguyễn Thị Hường" },
    });
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
  });

  it("may try again after it was not let in", () => {
    const { meeting, sockets, socket, enters } = seat();
    meeting.commands.join();
    socket().onopen?.(new Event("open"));
    socket().says({ type: "refused", id: socket().idOf("hello"), error: "locked" });
    expect(meeting.store.getState()).toMatchObject({ phase: "refused", refusal: { error: "locked" } });
    enters();
    expect(sockets).toHaveLength(2);
    expect(meeting.store.getState()).toMatchObject({ phase: "in", refusal: null });
    meeting.close();
  });

  it("asks for media again after a while when the server had no room for it", () => {
    const { meeting, socket, enters } = seat();
    enters();
    socket().says({ type: "refused", id: socket().idOf("open_media"), error: "media", detail: "full" });
    expect(socket().count("open_media")).toBe(1);
    vi.advanceTimersByTime(2000);
    expect(socket().count("open_media")).toBe(2);
    meeting.close();
  });

  it("keeps its place when the page is closed or loaded anew", () => {
    const { meeting, socket, enters } = seat();
    enters();
    window.dispatchEvent(new Event("pagehide"));
    meeting.close();
    expect(socket().count("leave")).toBe(0);
  });

  it("switches off what the role may not send", async () => {
    const { meeting, socket } = seat();
    await meeting.local.setCamera(true);
    meeting.store.setState({ own: { microphone: false, camera: true, screen: false } });
    meeting.commands.join();
    socket().onopen?.(new Event("open"));
    meeting.store.setState({ own: { microphone: false, camera: true, screen: false } });
    socket().says(WELCOME);
    expect(meeting.store.getState().own.camera).toBe(false);
    meeting.close();
  });

  it("says goodbye when it leaves", async () => {
    const { meeting, socket, enters } = seat();
    enters();
    await meeting.commands.leave();
    expect(socket().count("leave")).toBe(1);
    expect(meeting.store.getState()).toMatchObject({ phase: "ended", ended: { reason: "left" } });
  });
});
