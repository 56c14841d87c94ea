/** Rules of the meeting's state: a snapshot plus changes is the later snapshot; slots follow the server. */
import { describe, expect, it } from "vitest";
import type { ChatMessage, ConferenceView, Delta, ParticipantView, SelfView } from "../protocol/generated";
import { fakeSite, NO_COURSE, NO_COURSE_INFO } from "../testing/fake-course";
import { fromSnapshot, MAX_CHAT, withDelta, withSlots, withVolatile } from "./meeting-reducer";
import {
  emptyMeeting,
  handPlaceOf,
  isOwnHandUp,
  linkGrade,
  type MeetingState,
  saidGrade,
  trackOf,
} from "./meeting-store";

const YOU: SelfView = { participant: 1, role: "chair", may: ["join"] };

function person(id: number, part: Partial<ParticipantView> = {}): ParticipantView {
  return {
    id,
    name: `Đồng chí ${id}`,
    unit: "Sở Y tế",
    role: "delegate",
    presence: "here",
    microphone: false,
    camera: true,
    screen: false,
    muted_by: null,
    ...part,
  };
}

function view(participants: ParticipantView[]): ConferenceView {
  return {
    info: {
      id: "demo",
      title: "Họp",
      label: "",
      locked: false,
      waiting_room: false,
      ended: false,
      ...NO_COURSE_INFO,
    },
    participants,
    hands: [],
    chat: [],
    waiting: [],
    ...NO_COURSE,
  };
}

function entered(snapshot: ConferenceView): MeetingState {
  return { ...emptyMeeting(), ...fromSnapshot(YOU, snapshot) };
}

function later(state: MeetingState, ...deltas: Delta[]): MeetingState {
  let now = state;
  for (const delta of deltas) now = { ...now, ...withDelta(now, delta) };
  return now;
}

function chat(id: number): ChatMessage {
  return { id, from: 1, name: "A", text: `${id}`, at_ms: id };
}

/** Small seeded generator (mulberry32), so that a failing run can be repeated. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Plays the server: changes its own view at random and tells the change. */
function randomChange(server: ConferenceView, next: (below: number) => number, step: number): Delta {
  const pick = server.participants[next(Math.max(1, server.participants.length))];
  switch (next(7)) {
    case 0: {
      const participant = person(1000 + step);
      server.participants.push(participant);
      return { kind: "joined", participant };
    }
    case 1: {
      if (pick === undefined || pick.id === 1) break;
      server.participants = server.participants.filter((one) => one.id !== pick.id);
      server.hands = server.hands.filter((id) => id !== pick.id);
      return { kind: "left", participant: pick.id, reason: "left" };
    }
    case 2: {
      if (pick === undefined) break;
      const participant = { ...pick, microphone: !pick.microphone, muted_by: next(2) === 0 ? 1 : null };
      server.participants = server.participants.map((one) => (one.id === pick.id ? participant : one));
      return { kind: "changed", participant, by: 1 };
    }
    case 3: {
      if (pick === undefined) break;
      const without = server.hands.filter((id) => id !== pick.id);
      server.hands = without.length === server.hands.length ? [...without, pick.id] : without;
      return { kind: "hands", hands: [...server.hands] };
    }
    case 4: {
      const message = chat(step + 1);
      server.chat = [...server.chat, message].slice(-MAX_CHAT);
      return { kind: "chat", message };
    }
    case 5:
      server.info = { ...server.info, locked: !server.info.locked };
      return { kind: "conference", info: server.info, by: null };
    default:
      server.waiting = [{ participant: 2000 + step, name: "C", unit: "", since_ms: step }].slice(0, next(2));
      return { kind: "waiting", waiting: server.waiting };
  }
  return { kind: "hands", hands: [...server.hands] };
}

function shown(state: MeetingState) {
  const { conference, participants, order, hands, chat: lines, waiting } = state;
  return {
    conference,
    people: order.map((id) => participants.get(id)),
    size: participants.size,
    hands,
    lines,
    waiting,
  };
}

describe("meeting state", () => {
  it("is after a snapshot and changes what the later snapshot says, for 60 random meetings", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const next = seeded(seed);
      const server = view([person(1), person(2)]);
      let state = entered(structuredClone(server));
      for (let step = 0; step < 120; step += 1) state = later(state, randomChange(server, next, step));
      expect(shown(state), `seed ${seed}`).toEqual(shown(entered(server)));
    }
  });

  it("keeps the objects of everybody whom a change does not concern", () => {
    const before = entered(view([person(1), person(2), person(3)]));
    const now = later(before, { kind: "changed", participant: person(2, { microphone: true }), by: null });
    expect(now.participants.get(3)).toBe(before.participants.get(3));
    expect(now.order).toBe(before.order);
    expect(now.chat).toBe(before.chat);
  });

  it("takes somebody's hand and voice away when he leaves", () => {
    const before = later(entered(view([person(1), person(2)])), { kind: "hands", hands: [2, 1] });
    const heard = {
      ...before,
      ...withVolatile(before, { type: "speakers", speakers: [{ participant: 2, level_dbov: 20 }] }),
    };
    const now = later(heard, { kind: "left", participant: 2, reason: "lost" });
    expect(now.hands).toEqual([1]);
    expect(now.speakers).toEqual([]);
    expect(handPlaceOf(1)(now)).toBe(1);
  });

  it("shows a chat message once when it comes in the snapshot and again as change", () => {
    const before = entered({ ...view([person(1)]), chat: [chat(1), chat(2)] });
    expect(later(before, { kind: "chat", message: chat(2) }).chat).toHaveLength(2);
    expect(later(before, { kind: "chat", message: chat(3) }).chat).toHaveLength(3);
  });

  it("keeps at most 500 chat messages", () => {
    const lines = Array.from({ length: MAX_CHAT }, (_, index) => chat(index + 1));
    const now = later(entered({ ...view([person(1)]), chat: lines }), {
      kind: "chat",
      message: chat(MAX_CHAT + 1),
    });
    expect(now.chat).toHaveLength(MAX_CHAT);
    expect(now.chat[0]?.id).toBe(2);
  });

  it("shows the own hand as pressed until the server's list says the same", () => {
    const wished = { ...entered(view([person(1), person(2)])), handWish: true };
    expect(isOwnHandUp(wished)).toBe(true);
    const other = later(wished, { kind: "hands", hands: [2] });
    expect(isOwnHandUp(other)).toBe(true);
    const agreed = later(other, { kind: "hands", hands: [2, 1] });
    expect(agreed.handWish).toBeNull();
    expect(isOwnHandUp(later(agreed, { kind: "hands", hands: [2] }))).toBe(false);
  });
});

describe("slots", () => {
  const track = (id: string) => ({ id }) as MediaStreamTrack;
  const pool = new Map([
    ["v0", track("v0")],
    ["v1", track("v1")],
    ["a0", track("a0")],
  ]);
  const byMid = (mid: string) => pool.get(mid);

  it("gives each picture the track of its slot, and the next owner the same track", () => {
    const empty = emptyMeeting();
    const first = { ...empty, ...withSlots(empty, [{ mid: "v0", participant: 2, source: "camera" }], byMid) };
    expect(trackOf(2, "camera")(first)).toBe(pool.get("v0"));
    const next = { ...first, ...withSlots(first, [{ mid: "v0", participant: 3, source: "camera" }], byMid) };
    expect(trackOf(2, "camera")(next)).toBeUndefined();
    expect(trackOf(3, "camera")(next)).toBe(pool.get("v0"));
  });

  it("leaves the map alone when nothing changed", () => {
    const empty = emptyMeeting();
    const list = [{ mid: "v1", participant: 4, source: "screen" as const }];
    const first = { ...empty, ...withSlots(empty, list, byMid) };
    expect(withSlots(first, list, byMid).tracks).toBe(first.tracks);
  });

  it("knows which picture this browser cannot decode, and shows none", () => {
    const empty = emptyMeeting();
    const slot = { mid: "v0", participant: 2, source: "camera" as const, is_unreadable: true };
    const told = withSlots(empty, [slot], byMid);
    expect(told.tracks?.size ?? 0).toBe(0);
    expect([...(told.unreadable ?? [])]).toEqual(["2:camera"]);
    expect(told.paused?.size).toBe(0);
  });

  it("shows no standing picture of a slot that the own link does not carry, and says which it is", () => {
    const empty = emptyMeeting();
    const slot = { mid: "v0", participant: 2, source: "camera" as const };
    const first = { ...empty, ...withSlots(empty, [slot], byMid) };
    const paused = withSlots(first, [{ ...slot, is_paused: true }], byMid);
    expect(paused.tracks?.size).toBe(0);
    expect([...(paused.paused ?? [])]).toEqual(["2:camera"]);
    expect(saidGrade({ ...first, ...paused })).toBe("poor");
    const back = withSlots({ ...first, ...paused }, [slot], byMid);
    expect(back.paused?.size).toBe(0);
    expect(saidGrade({ ...first, ...back })).toBe(linkGrade(first));
  });

  it("leaves out slots that the pool does not have", () => {
    const now = withSlots(emptyMeeting(), [{ mid: "v99", participant: 2, source: "camera" }], byMid);
    expect(now.tracks?.size).toBe(0);
  });
});

describe("the course of a meeting", () => {
  const two = [person(1), person(2, { microphone: true })];

  it("silences and gives back exactly those who are named, and keeps the way back", () => {
    const muted = later(entered(view(two)), { kind: "muted", participants: [2], by: 1, undo_until_ms: 9 });
    expect(muted.participants.get(2)).toMatchObject({ microphone: false, muted_by: 1 });
    expect(muted.undo).toEqual({ count: 1, by: 1, untilMs: 9 });
    const back = later(muted, { kind: "unmuted", participants: [2], by: 1 });
    expect(back.participants.get(2)).toMatchObject({ microphone: true, muted_by: null });
    expect(back.undo).toBeNull();
  });

  it("changes one site among many and leaves the others as they were", () => {
    const sites = [fakeSite(0), fakeSite(1)];
    const state = entered({ ...view(two), sites });
    const changed = { ...fakeSite(1), result: "absent" as const };
    const next = later(state, { kind: "sites_changed", sites: [changed, fakeSite(7)] });
    expect(next.sites.get(fakeSite(1).id)).toBe(changed);
    expect(next.sites.get(fakeSite(0).id)).toBe(state.sites.get(fakeSite(0).id));
    expect(next.sites.size).toBe(2);
    expect(next.siteOrder).toBe(state.siteOrder);
  });
});
