/**
 * A meeting as it stands in the form: texts of fields, lists with keys, and the ways to and from what the
 * server takes. Pure; used by the form's parts. Never asks anybody.
 */
import { clockTime, dayField, vietnameseTime } from "../../../i18n/format";
import type {
  InvitedPerson,
  MeetingKind,
  MeetingPlan,
  NewConference,
  PlanChange,
  Secrecy,
  SeriesRule,
} from "../../../protocol/generated";

/** As the server takes them. */
export const MAX = {
  title: 200,
  label: 60,
  note: 2000,
  minutes: 1440,
  items: 100,
  itemTitle: 200,
  speakers: 300,
  itemMinutes: 600,
  people: 1000,
} as const;

const MINUTE_MS = 60_000;

export interface DraftItem {
  /** Stays with the item while it moves. */
  key: number;
  title: string;
  speakers: string;
  minutes: string;
}

export interface DraftPerson extends InvitedPerson {
  key: string;
}

export type SeriesChoice = "none" | "week" | "two_weeks" | "month";

export interface Draft {
  title: string;
  kind: MeetingKind;
  secrecy: Secrecy;
  label: string;
  day: string;
  time: string;
  minutes: string;
  /** Minutes before the start from which everybody is let in; empty: at any time. */
  opensBefore: string;
  waitingRoom: boolean;
  guests: boolean;
  note: string;
  agenda: readonly DraftItem[];
  sites: ReadonlySet<string>;
  people: readonly DraftPerson[];
  series: SeriesChoice;
  seriesCount: string;
}

export const EMPTY: Draft = {
  title: "",
  kind: "normal",
  secrecy: "internal",
  label: "",
  day: "",
  time: "08:00",
  minutes: "90",
  opensBefore: "30",
  waitingRoom: true,
  guests: false,
  note: "",
  agenda: [],
  sites: new Set(),
  people: [],
  series: "none",
  seriesCount: "8",
};

let lastKey = 0;

/** A key that no other item of this page has. */
function newKey(): number {
  lastKey += 1;
  return lastKey;
}

export function newItem(): DraftItem {
  return { key: newKey(), title: "", speakers: "", minutes: "" };
}

/** When it starts, in ms since 1970; null while day or time are missing. */
export function startOf({ day, time }: Pick<Draft, "day" | "time">): number | null {
  return day && time ? vietnameseTime(`${day}T${time}`) : null;
}

/** The whole number in a field; null when there is none. */
export function numberIn(field: string): number | null {
  return /^\d{1,4}$/u.test(field.trim()) ? Number(field) : null;
}

/** Planned minutes of all items. */
export function agendaMinutes(agenda: readonly DraftItem[]): number {
  return agenda.reduce((sum, item) => sum + (numberIn(item.minutes) ?? 0), 0);
}

/** What one person of the list is recognised by. */
export function personKey(person: InvitedPerson): string {
  return (person.person ?? person.user ?? person.email ?? "").toLowerCase();
}

export function draftOf(plan: MeetingPlan): Draft {
  const { starts_ms: startsMs, opens_ms: opensMs } = plan;
  const before = startsMs === undefined || opensMs === undefined ? null : (startsMs - opensMs) / MINUTE_MS;
  return {
    ...EMPTY,
    title: plan.title,
    kind: plan.kind,
    secrecy: plan.secrecy,
    label: plan.label,
    day: startsMs === undefined ? "" : dayField(startsMs),
    time: startsMs === undefined ? "" : clockTime(startsMs),
    minutes: String(plan.minutes),
    opensBefore: before !== null && before >= 0 ? String(before) : "",
    waitingRoom: plan.waiting_room,
    guests: plan.guests,
    note: plan.note,
    agenda: plan.agenda.map(itemOf),
    sites: new Set(plan.sites.map((site) => site.id)),
  };
}

/** A template fills everything but the time. */
export function draftOfTemplate(meeting: NewConference, now: Draft): Draft {
  return {
    ...now,
    title: meeting.title || now.title,
    kind: meeting.kind ?? now.kind,
    secrecy: meeting.secrecy ?? now.secrecy,
    label: meeting.label ?? now.label,
    minutes: meeting.minutes === undefined ? now.minutes : String(meeting.minutes),
    waitingRoom: meeting.waiting_room ?? now.waitingRoom,
    guests: meeting.guests ?? now.guests,
    note: meeting.note ?? now.note,
    agenda: meeting.agenda?.map(itemOf) ?? now.agenda,
    sites: meeting.sites === undefined ? now.sites : new Set(meeting.sites),
    people: meeting.people?.map((person) => ({ ...person, key: personKey(person) })) ?? now.people,
  };
}

function itemOf(item: { title: string; speakers?: string; minutes?: number }): DraftItem {
  return {
    key: newKey(),
    title: item.title,
    speakers: item.speakers ?? "",
    minutes: item.minutes ? String(item.minutes) : "",
  };
}

const said = (text: string) => text.trim().normalize("NFC");

/** What the server is asked to make. */
export function toMeeting(draft: Draft, inTreeOrder: readonly string[]): NewConference {
  const startsMs = startOf(draft);
  const series = seriesOf(draft);
  return {
    ...common(draft, inTreeOrder),
    ...(startsMs === null ? {} : { starts_ms: startsMs }),
    ...(opensOf(draft) === null ? {} : { opens_ms: opensOf(draft) ?? 0 }),
    people: draft.people.map(({ key: _, ...person }) => person),
    ...(series ? { series } : {}),
  };
}

/** What has changed against what the form began with; nothing else is sent. */
export function toChange(draft: Draft, before: Draft, inTreeOrder: readonly string[]): Partial<PlanChange> {
  const now = timed(draft, inTreeOrder);
  const old = timed(before, inTreeOrder);
  const changed = Object.entries(now).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(old[key as keyof typeof old]),
  );
  return Object.fromEntries(changed);
}

function timed(draft: Draft, inTreeOrder: readonly string[]) {
  return { ...common(draft, inTreeOrder), starts_ms: startOf(draft), opens_ms: opensOf(draft) };
}

function common(draft: Draft, inTreeOrder: readonly string[]) {
  return {
    title: said(draft.title),
    label: said(draft.label),
    kind: draft.kind,
    secrecy: draft.secrecy,
    waiting_room: draft.waitingRoom,
    guests: draft.guests,
    minutes: numberIn(draft.minutes) ?? 60,
    note: said(draft.note),
    agenda: draft.agenda
      .filter((item) => said(item.title))
      .map((item) => ({
        title: said(item.title),
        speakers: said(item.speakers),
        minutes: numberIn(item.minutes) ?? 0,
      })),
    sites: inTreeOrder.filter((id) => draft.sites.has(id)),
  };
}

function opensOf(draft: Draft): number | null {
  const startsMs = startOf(draft);
  const before = numberIn(draft.opensBefore);
  return startsMs === null || before === null ? null : startsMs - before * MINUTE_MS;
}

const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** The rule of the chosen series; null without one, or while it is not complete. */
export function seriesOf(draft: Draft): SeriesRule | null {
  const startsMs = startOf(draft);
  const count = numberIn(draft.seriesCount);
  if (draft.series === "none" || startsMs === null || count === null || count < 2) return null;
  if (draft.series === "week" || draft.series === "two_weeks") {
    return { every: "week", weeks: draft.series === "week" ? 1 : 2, count };
  }
  // Viet Nam has one time, seven hours ahead of UTC, all year.
  const local = new Date(startsMs + 7 * 60 * MINUTE_MS);
  const week = Math.ceil(local.getUTCDate() / 7);
  return {
    every: "month",
    months: 1,
    week: week > 4 ? -1 : (week as 1 | 2 | 3 | 4),
    day: WEEKDAYS[local.getUTCDay()] ?? "mon",
    count,
  };
}
