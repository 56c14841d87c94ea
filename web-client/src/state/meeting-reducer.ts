/**
 * How the state of a meeting follows from what the server says: pure functions from a state and a
 * message to the changed part. Called by `live-meeting.ts` and `testing/fake-meeting.ts`. Never
 * changes its input and keeps every object that did not change, so that one delta wakes only the
 * screens of that participant.
 */
import type {
  ConferenceView,
  Delta,
  ParticipantId,
  ParticipantView,
  SelfView,
  SiteView,
  SlotAssignment,
  Volatile,
} from "../protocol/generated";
import { type MeetingState, type SlotKey, slotKey } from "./meeting-store";

/** Most chat messages kept; the server's snapshot holds as many. */
export const MAX_CHAT = 500;

/** The whole picture on arrival, and again when too much was missed. */
export function fromSnapshot(you: SelfView, view: ConferenceView): Partial<MeetingState> {
  return {
    phase: "in",
    waitingPlace: 0,
    refusal: null,
    you,
    conference: view.info,
    participants: new Map(view.participants.map((participant) => [participant.id, participant])),
    order: view.participants.map((participant) => participant.id),
    hands: view.hands,
    handWish: null,
    chat: view.chat.slice(-MAX_CHAT),
    waiting: view.waiting,
    floor: view.floor,
    stage: view.stage,
    pictures: view.pictures,
    agenda: view.agenda,
    ...allSites(view.sites),
    rollCall: view.roll_call,
    patrol: view.patrol,
    undo: null,
  };
}

/** One committed change. */
export function withDelta(state: MeetingState, delta: Delta): Partial<MeetingState> {
  switch (delta.kind) {
    case "joined":
      return withParticipant(state, delta.participant);
    case "changed":
      // A change of somebody who is not there would be a server bug; showing him is harmless.
      return withParticipant(state, delta.participant);
    case "left":
      return withoutParticipant(state, delta.participant);
    case "conference":
      return { conference: delta.info };
    case "hands":
      return { hands: delta.hands, ...settledHand(state, delta.hands) };
    case "chat":
      // After a resume a message can come twice: once in the snapshot, once as delta.
      if ((state.chat.at(-1)?.id ?? 0) >= delta.message.id) return {};
      return { chat: [...state.chat, delta.message].slice(-MAX_CHAT) };
    case "waiting":
      return { waiting: delta.waiting };
    case "you":
      return { you: delta.you };
    case "muted": {
      const { participants, by, undo_until_ms: untilMs } = delta;
      const undo = untilMs === undefined ? {} : { undo: { count: participants.length, by, untilMs } };
      return { ...withMicrophones(state, participants, { microphone: false, muted_by: by }), ...undo };
    }
    case "unmuted":
      return {
        ...withMicrophones(state, delta.participants, { microphone: true, muted_by: null }),
        undo: null,
      };
    case "floor":
      return { floor: delta.floor };
    case "stage":
      return { stage: delta.stage };
    case "pictures":
      return { pictures: delta.pictures };
    case "agenda":
      return { agenda: delta.agenda };
    case "sites":
      return allSites(delta.sites);
    case "sites_changed":
      return withSites(state, delta.sites);
    case "roll_call":
      return { rollCall: delta.roll_call };
    case "patrol":
      return { patrol: delta.patrol };
  }
}

/** What is worthless later: voices and the own link. Other volatile messages change nothing here. */
export function withVolatile(_state: MeetingState, message: Volatile): Partial<MeetingState> {
  switch (message.type) {
    case "resumed":
      return { you: message.you, phase: "in" };
    case "speakers":
      return { speakers: message.speakers };
    case "composed":
      return { composed: message.standing };
    case "link":
      return {
        link: { rttMs: message.rtt_ms, uplinkLoss: message.uplink_loss, downlinkLoss: message.downlink_loss },
      };
    default:
      return {};
  }
}

/** The occupied slots and the tracks that the pool gives for them. */
export function withSlots(
  state: MeetingState,
  slots: readonly SlotAssignment[],
  trackByMid: (mid: string) => MediaStreamTrack | undefined,
): Partial<MeetingState> {
  const next = new Map<SlotKey, string>();
  const tracks = new Map<SlotKey, MediaStreamTrack>();
  const paused = new Set<SlotKey>();
  const unreadable = new Set<SlotKey>();
  for (const { mid, participant, source, is_paused, is_unreadable } of slots) {
    const key = slotKey(participant, source);
    next.set(key, mid);
    if (is_unreadable) {
      unreadable.add(key);
      continue;
    }
    if (is_paused) {
      // The last picture would stand still; its place says why instead.
      paused.add(key);
      continue;
    }
    const track = trackByMid(mid);
    if (track !== undefined) tracks.set(key, track);
  }
  return {
    slots: sameMap(state.slots, next) ? state.slots : next,
    tracks: sameMap(state.tracks, tracks) ? state.tracks : tracks,
    paused: sameSet(state.paused, paused) ? state.paused : paused,
    unreadable: sameSet(state.unreadable, unreadable) ? state.unreadable : unreadable,
  };
}

function withParticipant(state: MeetingState, participant: ParticipantView): Partial<MeetingState> {
  const isNew = !state.participants.has(participant.id);
  return {
    participants: new Map(state.participants).set(participant.id, participant),
    ...(isNew ? { order: [...state.order, participant.id] } : {}),
  };
}

function withMicrophones(
  state: MeetingState,
  ids: readonly ParticipantId[],
  part: Pick<ParticipantView, "microphone" | "muted_by">,
): Partial<MeetingState> {
  const participants = new Map(state.participants);
  for (const id of ids) {
    const person = participants.get(id);
    if (person !== undefined) participants.set(id, { ...person, ...part });
  }
  return { participants };
}

function allSites(list: readonly SiteView[]): Pick<MeetingState, "sites" | "siteOrder"> {
  return { sites: new Map(list.map((site) => [site.id, site])), siteOrder: list.map((site) => site.id) };
}

/** Sites that are not among the invited ones would be a server bug and are left out. */
function withSites(state: MeetingState, changed: readonly SiteView[]): Partial<MeetingState> {
  const sites = new Map(state.sites);
  for (const site of changed) if (sites.has(site.id)) sites.set(site.id, site);
  return { sites };
}

function withoutParticipant(state: MeetingState, id: ParticipantId): Partial<MeetingState> {
  const participants = new Map(state.participants);
  participants.delete(id);
  const hasHand = state.hands.includes(id);
  return {
    participants,
    order: state.order.filter((other) => other !== id),
    ...(hasHand ? { hands: state.hands.filter((other) => other !== id) } : {}),
    ...(state.speakers.some((speaker) => speaker.participant === id)
      ? { speakers: state.speakers.filter((speaker) => speaker.participant !== id) }
      : {}),
  };
}

/** The wish ends as soon as the server's list says the same. */
function settledHand(state: MeetingState, hands: readonly ParticipantId[]): Partial<MeetingState> {
  if (state.handWish === null || state.you === null) return {};
  return hands.includes(state.you.participant) === state.handWish ? { handWish: null } : {};
}

function sameSet<T>(left: ReadonlySet<T>, right: ReadonlySet<T>): boolean {
  return left.size === right.size && [...left].every((item) => right.has(item));
}

function sameMap<K, V>(left: ReadonlyMap<K, V>, right: ReadonlyMap<K, V>): boolean {
  return left.size === right.size && [...left].every(([key, value]) => right.get(key) === value);
}
