/** Rules of what a person is told: own mute at once, joins gathered, nothing about the own deeds. */
import { describe, expect, it, vi } from "vitest";
import type { Delta, ParticipantView, TurnView } from "../protocol/generated";
import { NO_COURSE, NO_COURSE_INFO } from "../testing/fake-course";
import { BATCH_MS, createAnnouncer } from "./announcer";
import { fromSnapshot } from "./meeting-reducer";
import { emptyMeeting, type MeetingState } from "./meeting-store";
import { noticesOf, tellNotices } from "./notices";
import { createSettings, settingsFrom } from "./settings-store";
import { createToasts, MAX_TOASTS } from "./toasts";

function person(id: number, part: Partial<ParticipantView> = {}): ParticipantView {
  return {
    id,
    name: `N${id}`,
    unit: "",
    role: "delegate",
    presence: "here",
    microphone: true,
    camera: false,
    screen: false,
    muted_by: null,
    ...part,
  };
}

const INFO = {
  id: "demo",
  title: "",
  label: "",
  locked: false,
  waiting_room: false,
  ended: false,
  ...NO_COURSE_INFO,
};

function meeting(part: Partial<MeetingState> = {}): MeetingState {
  const view = {
    info: INFO,
    participants: [person(1), person(2)],
    hands: [],
    chat: [],
    waiting: [],
    ...NO_COURSE,
  };
  return { ...emptyMeeting(), ...fromSnapshot({ participant: 1, role: "delegate", may: [] }, view), ...part };
}

function turn(participant: number): TurnView {
  return {
    number: participant,
    participant,
    name: `N${participant}`,
    position: "",
    site: "",
    subject: "",
    since_ms: 0,
    limit_ms: 300_000,
  };
}

function codes(delta: Delta, before = meeting()): string[] {
  return noticesOf(before, delta).map((notice) => `${notice.to} ${notice.code}`);
}

describe("notices", () => {
  it("tell at once who muted the person", () => {
    const delta: Delta = {
      kind: "changed",
      participant: person(1, { microphone: false, muted_by: 2 }),
      by: 2,
    };
    expect(codes(delta)).toEqual(["toast muted_by", "assertive muted"]);
    expect(noticesOf(meeting(), delta)[0]).toMatchObject({ facts: { name: "N2" } });
  });

  it("say nothing about what the person did", () => {
    expect(codes({ kind: "changed", participant: person(1, { microphone: false }), by: null })).toEqual([]);
    expect(codes({ kind: "conference", info: { ...INFO, locked: true }, by: 1 })).toEqual([]);
    expect(codes({ kind: "hands", hands: [] }, meeting({ hands: [1], handWish: false }))).toEqual([]);
    expect(codes({ kind: "chat", message: { id: 1, from: 1, name: "", text: "", at_ms: 0 } })).toEqual([]);
  });

  it("tell when somebody else took the own hand down", () => {
    expect(codes({ kind: "hands", hands: [2] }, meeting({ hands: [1, 2] }))).toEqual([
      "toast hand_lowered_by",
    ]);
  });

  it("tell whoever may admit about new people who wait, and not about those known", () => {
    const waits = (participant: number) => ({ participant, name: `W${participant}`, unit: "", since_ms: 0 });
    expect(codes({ kind: "waiting", waiting: [waits(7)] })).toEqual([
      "toast somebody_waits",
      "polite waiting",
    ]);
    expect(
      codes({ kind: "waiting", waiting: [waits(7)] }, meeting({ waiting: [waits(7), waits(8)] })),
    ).toEqual([]);
  });
});

describe("announcements", () => {
  it("gather joins of two seconds into one line", () => {
    vi.useFakeTimers();
    const announcer = createAnnouncer();
    const to = { announcer, toasts: createToasts() };
    for (let id = 3; id < 15; id += 1) {
      tellNotices(noticesOf(meeting(), { kind: "joined", participant: person(id) }), to);
    }
    expect(announcer.store.getState().polite).toEqual([]);
    vi.advanceTimersByTime(BATCH_MS);
    expect(announcer.store.getState().polite).toMatchObject([{ code: "joined", count: 12, name: "N14" }]);
    vi.useRealTimers();
  });
});

describe("toasts", () => {
  it("are at most two, go by themselves, and stay in the log; errors stay until dismissed", () => {
    vi.useFakeTimers();
    const toasts = createToasts();
    toasts.show("muted_by", { name: "A" });
    toasts.show("locked_by", { name: "A" });
    toasts.show("refused", { error: "not_allowed" }, "error");
    expect(toasts.store.getState().shown.map((toast) => toast.code)).toEqual(["locked_by", "refused"]);
    expect(toasts.store.getState().shown).toHaveLength(MAX_TOASTS);
    vi.advanceTimersByTime(60_000);
    const [left] = toasts.store.getState().shown;
    expect(left?.code).toBe("refused");
    toasts.dismiss(left?.id ?? 0);
    expect(toasts.store.getState()).toMatchObject({ shown: [], log: [{}, {}, {}] });
    vi.useRealTimers();
  });
});

describe("settings", () => {
  it("are the defaults when nothing or nonsense was stored", () => {
    for (const stored of [null, "", "{", "7", "null", '{"language":"xx","devices":7,"guestName":9}']) {
      expect(settingsFrom(stored)).toMatchObject({ language: "vi", areShortcutsOn: true, guestName: "" });
    }
  });

  it("come back after a reload, and live without a storage", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => void kept.set(key, text),
    };
    createSettings(storage).change({ language: "en", guestName: "Đỗ Thị Ỷ" });
    expect(createSettings(storage).store.getState()).toMatchObject({ language: "en", guestName: "Đỗ Thị Ỷ" });
    const refusing = {
      getItem: () => {
        throw new Error("blocked");
      },
      setItem: () => {
        throw new Error("blocked");
      },
    };
    const settings = createSettings(refusing);
    settings.change({ language: "en" });
    expect(settings.store.getState().language).toBe("en");
  });

  it("say nothing of a lowered hand to whoever is given the floor", () => {
    const before = meeting({ hands: [1], floor: { ...NO_COURSE.floor, turn: turn(1) } });
    expect(codes({ kind: "hands", hands: [] }, before)).toEqual([]);
  });

  it("tell the called and the others apart, once a turn", () => {
    const floor = (participant: number): Delta => ({
      kind: "floor",
      floor: { ...NO_COURSE.floor, turn: turn(participant) },
    });
    expect(codes(floor(1))).toEqual(["dismiss hand_lowered_by", "assertive called"]);
    expect(codes(floor(2))).toEqual(["polite speaks"]);
    const speaking = meeting({ floor: { ...NO_COURSE.floor, turn: turn(1) } });
    expect(codes(floor(1), speaking)).toEqual([]);
    expect(codes({ kind: "floor", floor: NO_COURSE.floor }, speaking)).toEqual([
      "toast turn_over",
      "assertive turn_over",
    ]);
  });

  it("tell of a mute of all only to whom it silenced", () => {
    const muted = (participants: number[], by: number): Delta => ({ kind: "muted", participants, by });
    expect(codes(muted([1], 2))).toEqual(["toast muted_by", "assertive muted"]);
    expect(codes(muted([2], 3))).toEqual([]);
    expect(codes(muted([1], 1))).toEqual([]);
    expect(codes({ kind: "unmuted", participants: [1], by: 2 })).toEqual(["assertive unmuted"]);
  });

  it("tell whoever comes on every screen", () => {
    const stage = { ...NO_COURSE.stage, of: "roll_call" as const, pictures: [1] };
    expect(codes({ kind: "stage", stage })).toEqual(["assertive on_stage"]);
    expect(codes({ kind: "stage", stage }, meeting({ stage }))).toEqual([]);
  });
});
