/**
 * A meeting without a network: the real store and reducer, filled with sample people whose pictures
 * are drawn. Commands change the state as the server would. For screenshots and tests of screens;
 * never part of the product's bundle.
 */
import type { Outcome } from "../protocol/error-codes";
import type { Act, Delta, ParticipantId, ParticipantView, Role, SlotAssignment } from "../protocol/generated";
import { COMPOSED } from "../protocol/generated";
import { EffectFailure, type EffectTrouble } from "../rtc/effects/effect";
import { type CaptureDevices, createLocalMedia, type LocalMedia } from "../rtc/local-media";
import { createAnnouncer } from "../state/announcer";
import type { Meeting } from "../state/meeting";
import { fromSnapshot, withDelta, withSlots } from "../state/meeting-reducer";
import { createMeetingStore, type MeetingState, type Phase } from "../state/meeting-store";
import { noticesOf, tellNotices } from "../state/notices";
import { createToasts } from "../state/toasts";
import { type CourseOptions, courseOf, NO_COURSE_INFO, seated } from "./fake-course";
import { fakeCamera, fakeComposed, fakeScreen } from "./fake-media";
import { fakeLine, fakePerson } from "./fake-people";
import { carryOut, muteAll } from "./fake-server-course";

export interface FakeMeetingOptions {
  /** People in the meeting, the own one included. */
  participants?: number;
  /** Own participant number; 1 chairs, 2 is the secretary, others are delegates. */
  you?: ParticipantId;
  phase?: Phase;
  /** Draw pictures; without, all tiles show what they show before a picture comes. */
  hasPictures?: boolean;
  /** Who shares a screen. */
  screenFrom?: ParticipantId;
  hands?: readonly ParticipantId[];
  chatLines?: number;
  waiting?: number;
  speakers?: readonly ParticipantId[];
  title?: string;
  /** Floor, stage, agenda, sites and roll call; none of it when left out. */
  course?: CourseOptions;
  /** When the door opens to everybody, in ms since 1970. */
  opensMs?: number;
  /** What opening microphone and camera fails with, by the browser's name: `NotAllowedError`, … */
  failures?: { microphone?: DOMException; camera?: DOMException };
  /** Every effect fails with this instead of being fetched. */
  effectTrouble?: EffectTrouble;
}

/** A fake meeting and the means to play the server. */
export interface FakeMeeting extends Meeting {
  /** As if the server had sent this change, by `by`. */
  apply(delta: Delta): void;
  /** Changes any part of the state, e.g. the connection for the banner. */
  set(part: Partial<MeetingState>): void;
  /** As if the composed picture had come. */
  showComposed(): void;
  /** Names of the commands called, in order. */
  readonly called: readonly string[];
}

/** Pictures beyond this stay without a track: 28 is what a real leg has. */
const MAX_PICTURES = 28;
const START_MS = Date.UTC(2026, 10, 22, 1, 0, 0);

const ALL_ACTS: Act[] = [
  "join",
  "enter_directly",
  "send_sound",
  "send_picture",
  "share_screen",
  "chat",
  "raise_hand",
  "lower_hands",
  "mute",
  "admit",
  "remove",
  "lock",
  "end_for_all",
  "give_floor",
  "set_stage",
  "run_agenda",
  "call_roll",
  "name_deputy",
  "see_reports",
  "see_statistics",
];

function actsOf(role: Role): Act[] {
  if (role === "chair" || role === "secretary") return ALL_ACTS;
  if (role === "delegate")
    return ["join", "send_sound", "send_picture", "share_screen", "chat", "raise_hand"];
  return ["join", "chat", "raise_hand"];
}

/** Own devices that draw their pictures. */
export function createFakeLocalMedia(
  failures: FakeMeetingOptions["failures"] = {},
  effectTrouble?: EffectTrouble,
): LocalMedia {
  const list = (["audioinput", "videoinput", "audiooutput"] as const).flatMap((kind) =>
    ["1", "2"].map((number) => ({
      deviceId: `${kind}${number}`,
      groupId: "",
      kind,
      label: `Thiết bị ${number}`,
      toJSON: () => ({}),
    })),
  );
  const capture: CaptureDevices = {
    enumerateDevices: async () => list,
    getUserMedia: async (wanted) => {
      const failure = wanted?.video ? failures.camera : failures.microphone;
      if (failure !== undefined) throw failure;
      return new MediaStream(wanted?.video ? [fakeCamera(1)] : silentStream().getAudioTracks());
    },
    getDisplayMedia: async () => new MediaStream([fakeScreen()]),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  };
  const memory = { chosen: { microphone: "", camera: "", speaker: "" }, remember: () => undefined };
  if (effectTrouble === undefined) return createLocalMedia(memory, capture);
  const fail = () => Promise.reject(new EffectFailure(effectTrouble, "played"));
  return createLocalMedia(memory, capture, { blur: fail, noise: fail });
}

function silentStream(): MediaStream {
  return new AudioContext().createMediaStreamDestination().stream;
}

export function createFakeMeeting(options: FakeMeetingOptions = {}): FakeMeeting {
  const count = options.participants ?? 6;
  const you = options.you ?? 1;
  const course = { ...options.course, speech: options.course?.speech ?? options.hands ?? [] };
  const arrived = Array.from({ length: count }, (_, index) => fakePerson(index + 1)).map((person) =>
    person.id === options.screenFrom ? { ...person, screen: true } : person,
  );
  const people = seated(arrived, course);
  const store = createMeetingStore();
  const local = createFakeLocalMedia(options.failures, options.effectTrouble);
  const toasts = createToasts();
  const announcer = createAnnouncer();
  const called: string[] = [];
  const own = people.find((person) => person.id === you) ?? fakePerson(you);

  const set = (part: Partial<MeetingState>) => store.setState(part);
  const apply = (delta: Delta) => {
    const before = store.getState();
    store.setState(withDelta(before, delta));
    tellNotices(noticesOf(before, delta), { toasts, announcer });
  };
  const change = (id: ParticipantId, part: Partial<ParticipantView>, by: ParticipantId | null = null) => {
    const participant = store.getState().participants.get(id);
    if (participant !== undefined) {
      apply({ kind: "changed", participant: { ...participant, ...part }, by });
    }
  };

  const enter = () => {
    set(
      fromSnapshot(
        { participant: you, role: own.role, may: actsOf(own.role) },
        {
          info: {
            id: "demo",
            title: options.title ?? "Họp giao ban Ủy ban nhân dân tỉnh tháng 11",
            label: "Nội bộ",
            locked: false,
            waiting_room: (options.waiting ?? 0) > 0,
            ...(options.opensMs === undefined ? {} : { opens_ms: options.opensMs }),
            ended: false,
            ...NO_COURSE_INFO,
            ...(course.secrecy ? { secrecy: course.secrecy } : {}),
            ...(course.microphones ? { microphones: course.microphones } : {}),
            presiding: 1,
          },
          ...courseOf(course, people, Date.now()),
          participants: people,
          hands: [...course.speech],
          chat: Array.from({ length: options.chatLines ?? 0 }, (_, index) => {
            const from = fakePerson(1 + (index % count));
            return {
              id: index + 1,
              from: from.id,
              name: from.name,
              text: fakeLine(index),
              at_ms: START_MS + index * 47_000,
            };
          }),
          waiting: Array.from({ length: options.waiting ?? 0 }, (_, index) => {
            const person = fakePerson(count + 1 + index);
            return {
              participant: person.id,
              name: person.name,
              unit: person.unit,
              since_ms: Date.now() - 95_000 + index * 20_000,
            };
          }),
        },
      ),
    );
    set({
      connection: { state: "open", attempt: 0, sinceMs: 0 },
      media: "connected",
      link: { rttMs: 24, uplinkLoss: 0, downlinkLoss: 0.001 },
      own: { microphone: own.microphone, camera: own.camera, screen: own.screen },
      speakers: (options.speakers ?? []).map((participant) => ({ participant, level_dbov: 25 })),
    });
    if (options.hasPictures ?? true) showPictures();
  };

  const showPictures = () => {
    const drawn = new Map<string, MediaStreamTrack>();
    const slots: SlotAssignment[] = [];
    const take = (participant: ParticipantId, source: "camera" | "screen", track: MediaStreamTrack) => {
      const mid = `v${slots.length}`;
      drawn.set(mid, track);
      slots.push({ mid, participant, source });
    };
    for (const person of people) {
      if (slots.length >= MAX_PICTURES) break;
      if (person.screen) take(person.id, "screen", fakeScreen());
      if (person.camera && person.id !== you) take(person.id, "camera", fakeCamera(person.id));
    }
    set(withSlots(store.getState(), slots, (mid) => drawn.get(mid)));
    if (own.camera) void local.setCamera(true);
  };

  const done = (name: string, run: () => void = () => undefined): Promise<Outcome> => {
    called.push(name);
    run();
    return Promise.resolve({ ok: true });
  };
  const ownMedia = (kind: "microphone" | "camera" | "screen", on: boolean) => {
    set({ own: { ...store.getState().own, [kind]: on } });
    change(you, { [kind]: on, ...(kind === "microphone" && on ? { muted_by: null } : {}) });
  };
  const leaveWith = (id: ParticipantId, reason: "left" | "removed") =>
    apply({ kind: "left", participant: id, reason });
  const conference = (part: { locked?: boolean; waiting_room?: boolean }) => {
    const info = store.getState().conference;
    if (info !== null) apply({ kind: "conference", info: { ...info, ...part }, by: you });
  };
  const openDoor = () => {
    const info = store.getState().conference;
    if (info === null) return;
    const { opens_ms: _, ...open } = info;
    apply({ kind: "conference", info: open, by: you });
  };
  const admit = (ids: readonly ParticipantId[]) => {
    apply({
      kind: "waiting",
      waiting: store.getState().waiting.filter((person) => !ids.includes(person.participant)),
    });
    for (const id of ids) apply({ kind: "joined", participant: fakePerson(id) });
  };

  const meeting: FakeMeeting = {
    conference: "demo",
    store,
    local,
    toasts,
    announcer,
    called,
    apply,
    set,
    showComposed() {
      const slot: SlotAssignment = { mid: "v0", participant: COMPOSED, source: "camera" };
      const track = fakeComposed();
      set(withSlots(store.getState(), [slot], () => track));
    },
    watchTile: () => () => undefined,
    onLevel(owner, listener) {
      let tick = 0;
      const timer = setInterval(() => {
        tick += 1;
        const speaks = owner === "self" || store.getState().speakers.some((one) => one.participant === owner);
        listener(speaks ? 0.5 + 0.4 * Math.sin(tick / 2) : 0);
      }, 66);
      return () => clearInterval(timer);
    },
    close() {
      for (const track of store.getState().tracks.values()) track.stop();
      local.close();
    },
    commands: {
      join: (moves = false) => {
        called.push(moves ? "move" : "join");
        enter();
      },
      leave: async () => {
        called.push("leave");
        set({ phase: "ended", ended: { reason: "left", by: null } });
      },
      toggleMicrophone: () =>
        done("toggleMicrophone", () => ownMedia("microphone", !store.getState().own.microphone)),
      toggleCamera: () =>
        done("toggleCamera", () => {
          ownMedia("camera", !store.getState().own.camera);
          void local.setCamera(store.getState().own.camera);
        }),
      startScreen: () =>
        done("startScreen", () => {
          ownMedia("screen", true);
          void local.startScreen();
        }),
      stopScreen: () =>
        done("stopScreen", () => {
          ownMedia("screen", false);
          local.stopScreen();
        }),
      raiseHand: () =>
        done("raiseHand", () => carryOut({ type: "request_floor" }, store.getState, you, apply)),
      lowerHand: (participant = you) =>
        done("lowerHand", () =>
          carryOut({ type: "withdraw_floor", participant }, store.getState, you, apply),
        ),
      chat: (text) =>
        done("chat", () =>
          apply({
            kind: "chat",
            message: {
              id: (store.getState().chat.at(-1)?.id ?? 0) + 1,
              from: you,
              name: own.name,
              text: text.trim().normalize("NFC"),
              at_ms: Date.now(),
            },
          }),
        ),
      mute: (id) => done("mute", () => change(id, { microphone: false, muted_by: you }, you)),
      muteAll: () => done("muteAll", () => muteAll(store.getState(), you, apply)),
      course: (request) => done(request.type, () => carryOut(request, store.getState, you, apply)),
      remove: (id) => done("remove", () => leaveWith(id, "removed")),
      lock: (locked) => done("lock", () => conference({ locked })),
      openDoor: () => done("openDoor", openDoor),
      waitingRoom: (enabled) => done("waitingRoom", () => conference({ waiting_room: enabled })),
      admit: (id) => done("admit", () => admit([id])),
      admitAll: () =>
        done("admitAll", () => admit(store.getState().waiting.map((person) => person.participant))),
      turn: (id) =>
        done("turn", () =>
          apply({
            kind: "waiting",
            waiting: store.getState().waiting.filter((one) => one.participant !== id),
          }),
        ),
      endForAll: () =>
        done("endForAll", () => set({ phase: "ended", ended: { reason: "ended", by: own.name } })),
      unblockSound: async () => {
        called.push("unblockSound");
        set({ isSoundBlocked: false });
      },
      reconnectNow: () => void called.push("reconnectNow"),
    },
  };
  const phase = options.phase ?? "in";
  if (phase === "in") enter();
  else set({ phase });
  return meeting;
}
