/**
 * The state of one meeting as the screens read it: a vanilla store with by-id maps, filled by the
 * pure functions of `meeting-reducer.ts`. Screens only read; whoever wants something calls
 * `commands.ts`. Must never import React.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Refusal } from "../protocol/error-codes";
import type {
  Act,
  AgendaItemView,
  Arrangements,
  ChatMessage,
  ComposedStanding,
  ConferenceInfo,
  EndReason,
  FloorView,
  ParticipantId,
  ParticipantView,
  PatrolView,
  RollCallView,
  SelfView,
  SiteId,
  SiteView,
  Source,
  Speaker,
  StageView,
  WaitingPerson,
} from "../protocol/generated";

/** How far the person has come. */
export type Phase = "idle" | "joining" | "waiting" | "in" | "refused" | "ended";

/** A source that is a picture. */
export type PictureSource = Extract<Source, "camera" | "screen">;

/** `PARTICIPANT:SOURCE`, key of slots and tracks. */
export type SlotKey = `${number}:${Source}`;

/** Key of what `participant` sends as `source`. */
export function slotKey(participant: ParticipantId, source: Source): SlotKey {
  return `${participant}:${source}`;
}

/** The signalling connection as the banner shows it. */
export interface ConnectionView {
  state: "idle" | "connecting" | "open" | "reconnecting" | "closed";
  /** Number of the running attempt since the connection was last open, from 1; 0 when open. */
  attempt: number;
  /** `Date.now()` when the connection broke or the first attempt began; 0 when open. */
  sinceMs: number;
}

/** The media connection: `reconnecting` keeps the last pictures on the screen. */
export type MediaLink = "none" | "connecting" | "connected" | "reconnecting";

/** The own link as the server measures it, every 2 s. Losses are 0–1. */
export interface LinkQuality {
  rttMs: number;
  uplinkLoss: number;
  downlinkLoss: number;
}

/** What the person sends, as just pressed (before the server has said so). */
export interface OwnMedia {
  microphone: boolean;
  camera: boolean;
  screen: boolean;
}

/** A bulk mute that can still be taken back. */
export interface UndoableMute {
  count: number;
  by: ParticipantId;
  /** The server's time, ms since 1970. */
  untilMs: number;
}

export interface MeetingState {
  phase: Phase;
  /** Place in the waiting room from 1; 0 when not waiting. */
  waitingPlace: number;
  /** Set in phase `refused`. */
  refusal: Refusal | null;
  /** Set in phase `ended`; `by` is a name. */
  ended: { reason: EndReason; by: string | null } | null;
  you: SelfView | null;
  conference: ConferenceInfo | null;
  participants: ReadonlyMap<ParticipantId, ParticipantView>;
  /** Ids in order of arrival; changes only when somebody comes or goes. */
  order: readonly ParticipantId[];
  /** First raised first. */
  hands: readonly ParticipantId[];
  /** Own hand as just pressed; null when the server's list is the truth. */
  handWish: boolean | null;
  /** Oldest first, at most 500. */
  chat: readonly ChatMessage[];
  waiting: readonly WaitingPerson[];
  /** Who speaks and who waits to speak. */
  floor: FloorView;
  /** What is set for all. */
  stage: StageView;
  /** How composed pictures are divided; null for those who may not set the stage. */
  pictures: Arrangements | null;
  agenda: readonly AgendaItemView[];
  /** Invited sites by id, and their order in the tree; empty for those who may not call the roll. */
  sites: ReadonlyMap<SiteId, SiteView>;
  siteOrder: readonly SiteId[];
  rollCall: RollCallView | null;
  patrol: PatrolView | null;
  /** The newest bulk mute; whoever shows it looks at its time. */
  undo: UndoableMute | null;
  /** Loudest first, at most 3. */
  speakers: readonly Speaker[];
  /** Pool slot (`mid`) of every picture and sound that arrives now. */
  slots: ReadonlyMap<SlotKey, string>;
  /** Playable track of every occupied slot. */
  tracks: ReadonlyMap<SlotKey, MediaStreamTrack>;
  /** Pictures that are there and that the own link does not carry now. */
  paused: ReadonlySet<SlotKey>;
  /** Pictures in a codec that this browser does not decode. */
  unreadable: ReadonlySet<SlotKey>;
  own: OwnMedia;
  link: LinkQuality | null;
  /** How the composed picture stands that was asked for; null before the server has said so. */
  composed: ComposedStanding | null;
  connection: ConnectionView;
  media: MediaLink;
  /** The browser plays no sound until the person presses something. */
  isSoundBlocked: boolean;
  /** Server time minus own time, in ms. */
  clockOffsetMs: number;
}

/** A meeting nobody has joined yet. */
export function emptyMeeting(): MeetingState {
  return {
    phase: "idle",
    waitingPlace: 0,
    refusal: null,
    ended: null,
    you: null,
    conference: null,
    participants: new Map(),
    order: [],
    hands: [],
    handWish: null,
    chat: [],
    waiting: [],
    floor: { open: true, limit_ms: 0, turn: null, speech: [], question: [] },
    stage: { layout: "automatic", of: "nobody", pictures: [], chosen: [], free: true },
    pictures: null,
    agenda: [],
    sites: new Map(),
    siteOrder: [],
    rollCall: null,
    patrol: null,
    undo: null,
    speakers: [],
    slots: new Map(),
    tracks: new Map(),
    paused: new Set(),
    unreadable: new Set(),
    own: { microphone: false, camera: false, screen: false },
    link: null,
    composed: null,
    connection: { state: "idle", attempt: 0, sinceMs: 0 },
    media: "none",
    isSoundBlocked: false,
    clockOffsetMs: 0,
  };
}

/** A store holding an empty meeting. */
export function createMeetingStore(): StoreApi<MeetingState> {
  return createStore<MeetingState>(() => emptyMeeting());
}

/** The participant `id`, while there. */
export function participantOf(id: ParticipantId) {
  return (state: MeetingState): ParticipantView | undefined => state.participants.get(id);
}

/** The playable track of what `id` sends as `source`, while it arrives. */
export function trackOf(id: ParticipantId, source: Source) {
  const key = slotKey(id, source);
  return (state: MeetingState): MediaStreamTrack | undefined => state.tracks.get(key);
}

/** Place of `id` among the raised hands from 1; 0 without a hand. */
export function handPlaceOf(id: ParticipantId) {
  return (state: MeetingState): number => state.hands.indexOf(id) + 1;
}

/** Whether `id` is among the voices heard now. */
export function isSpeaking(id: ParticipantId) {
  return (state: MeetingState): boolean => state.speakers.some((speaker) => speaker.participant === id);
}

/** Whether the own role allows `act`. */
export function may(act: Act) {
  return (state: MeetingState): boolean => state.you?.may.includes(act) ?? false;
}

/** Own hand as the person sees it. */
export function isOwnHandUp(state: MeetingState): boolean {
  return state.handWish ?? (state.you !== null && state.hands.includes(state.you.participant));
}

/** The own participant, while there. */
export function ownView(state: MeetingState): ParticipantView | undefined {
  return state.you === null ? undefined : state.participants.get(state.you.participant);
}

/** Who shares a screen, in order of arrival. */
export function firstScreen(state: MeetingState): ParticipantId | undefined {
  return state.order.find((id) => state.participants.get(id)?.screen === true);
}

/** The own link in one word: poor from 5 % loss or 400 ms, fair from 2 % or 200 ms. */
export function linkGrade(state: MeetingState): "good" | "fair" | "poor" | "unknown" {
  const { link } = state;
  if (link === null) return "unknown";
  const loss = Math.max(link.uplinkLoss, link.downlinkLoss);
  if (loss >= 0.05 || link.rttMs >= 400) return "poor";
  return loss >= 0.02 || link.rttMs >= 200 ? "fair" : "good";
}

/**
 * What is said of the own link: poor as well while it has no room for a picture that should be there. Not
 * for letting pictures rest: those come back by themselves.
 */
export function saidGrade(state: MeetingState): ReturnType<typeof linkGrade> {
  return state.paused.size > 0 ? "poor" : linkGrade(state);
}
