/**
 * What follows from the course of a meeting: clocks of turn and item, places in the queues, who stands
 * for which site, how far a roll call has come. Pure; called by the screens, time comes as `nowMs` of the
 * server's clock. Must never import React.
 */
import type {
  AgendaItemView,
  FloorView,
  ParticipantId,
  ParticipantView,
  Queue,
  SiteId,
  SiteView,
  TurnView,
} from "../protocol/generated";
import type { MeetingState } from "./meeting-store";

/** From here on a turn is shown as nearly over, in ms. */
export const NEAR_END_MS = 30_000;
/** Up to here an item that is over its time is amber, then red, in ms. */
export const LATE_MS = 5 * 60_000;
/** Marks of the roll call from which its pace is told. */
const PACE_MARKS = 20;

export type Grade = "fine" | "near" | "over" | "late";

export interface Span {
  spentMs: number;
  /** 0 when nothing is planned. */
  plannedMs: number;
  /** Above the planned time; 0 while within it. */
  overMs: number;
  leftMs: number;
  /** Share of the planned time, 0–1. */
  share: number;
  grade: Grade;
}

/** How long somebody has spoken. */
export function turnSpan(turn: TurnView, nowMs: number): Span {
  return spanOf(Math.max(0, nowMs - turn.since_ms), turn.limit_ms, NEAR_END_MS);
}

/** How long an item of the agenda has taken. */
export function itemSpan(item: AgendaItemView, nowMs: number): Span {
  const running = item.opened_ms === undefined ? 0 : Math.max(0, nowMs - item.opened_ms);
  return spanOf(item.took_ms + running, item.minutes * 60_000, 0);
}

function spanOf(spentMs: number, plannedMs: number, nearMs: number): Span {
  const isPlanned = plannedMs > 0;
  const overMs = isPlanned ? Math.max(0, spentMs - plannedMs) : 0;
  const leftMs = isPlanned ? Math.max(0, plannedMs - spentMs) : 0;
  const isNear = isPlanned && leftMs > 0 && leftMs <= nearMs;
  const over = overMs >= LATE_MS ? "late" : "over";
  return {
    spentMs,
    plannedMs,
    overMs,
    leftMs,
    share: isPlanned ? Math.min(1, spentMs / plannedMs) : 0,
    grade: overMs >= 1000 ? over : isNear ? "near" : "fine",
  };
}

/** The item that is open. */
export function runningItem(agenda: readonly AgendaItemView[]): AgendaItemView | undefined {
  return agenda.find((item) => item.opened_ms !== undefined);
}

/** The item to go on with: the first behind the running one that is not over, else the first at all. */
export function nextItem(agenda: readonly AgendaItemView[]): AgendaItemView | undefined {
  const at = agenda.findIndex((item) => item.opened_ms !== undefined);
  const isAhead = (item: AgendaItemView) => !item.done && item.opened_ms === undefined;
  return agenda.slice(at + 1).find(isAhead) ?? agenda.find(isAhead);
}

/** Where somebody stands in the queues, from 1; 0 for not at all. */
export function placesOf(floor: FloorView, id: ParticipantId | undefined): Record<Queue, number> {
  const place = (queue: Queue) => floor[queue].findIndex((request) => request.participant === id) + 1;
  return { speech: place("speech"), question: place("question") };
}

/** Who comes next: the first of the queue whose connection is there, as the server chooses too. */
export function nextUp(state: MeetingState, queue: Queue): ParticipantId | undefined {
  const isHere = (id: ParticipantId) => state.participants.get(id)?.presence === "here";
  return state.floor[queue].find((request) => isHere(request.participant))?.participant;
}

const LEADING: ReadonlySet<string> = new Set(["chair", "secretary", "duty_operator"]);

/** Who has never had the floor and does not lead, in order of arrival. */
export function neverSpoke(
  participants: ReadonlyMap<ParticipantId, ParticipantView>,
  turn: TurnView | null,
): readonly ParticipantId[] {
  return [...participants.values()]
    .filter((one) => one.spoken === undefined && !LEADING.has(one.role) && one.id !== turn?.participant)
    .map((one) => one.id);
}

const HOLDERS = new WeakMap<object, ReadonlyMap<SiteId, ParticipantId>>();

/** Who stands for each site: the first who is there, else the first whose connection is away. */
export function holders(state: Pick<MeetingState, "participants">): ReadonlyMap<SiteId, ParticipantId> {
  const known = HOLDERS.get(state.participants);
  if (known !== undefined) return known;
  const found = new Map<SiteId, ParticipantId>();
  const away = new Map<SiteId, ParticipantId>();
  for (const { id, site, presence } of state.participants.values()) {
    if (site === undefined) continue;
    const into = presence === "here" ? found : away;
    if (!into.has(site)) into.set(site, id);
  }
  for (const [site, id] of away) if (!found.has(site)) found.set(site, id);
  HOLDERS.set(state.participants, found);
  return found;
}

export interface RollCount {
  all: number;
  done: number;
  present: number;
  faulty: number;
  absent: number;
}

/** How many sites the roll call has found how. */
export function rollCount(sites: ReadonlyMap<SiteId, SiteView>): RollCount {
  const count = { all: sites.size, done: 0, present: 0, faulty: 0, absent: 0 };
  for (const { result } of sites.values()) {
    if (result === undefined) continue;
    count.done += 1;
    count[result === "present" ? "present" : result === "absent" ? "absent" : "faulty"] += 1;
  }
  return count;
}

/** Sites in the order in which the roll call comes to them: those behind `current`, then from the top. */
export function dueAfter(
  order: readonly SiteId[],
  sites: ReadonlyMap<SiteId, SiteView>,
  current: SiteId | undefined,
): readonly SiteId[] {
  const at = current === undefined ? -1 : order.indexOf(current);
  const ahead = [...order.slice(at + 1), ...order.slice(0, Math.max(0, at))];
  return ahead.filter((id) => sites.get(id)?.due === true);
}

/**
 * Time that a site takes, in ms: the middle one of the last marks, so that a pause does not count; null
 * before there are three.
 */
export function pace(sites: ReadonlyMap<SiteId, SiteView>): number | null {
  const marks = [...sites.values()]
    .flatMap((site) => (site.marked_ms === undefined ? [] : [site.marked_ms]))
    .sort((left, right) => left - right)
    .slice(-PACE_MARKS);
  const gaps = marks.slice(1).map((mark, at) => mark - (marks[at] ?? mark));
  if (gaps.length < 2) return null;
  return gaps.sort((left, right) => left - right)[Math.floor(gaps.length / 2)] ?? null;
}
