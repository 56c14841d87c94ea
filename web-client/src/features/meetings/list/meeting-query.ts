/**
 * What the list of meetings is narrowed to, as it stands in the page's address: a link and the way back
 * keep it. Pure; used by MeetingsPage.
 */
import { dayField, dayStart } from "../../../i18n/format";
import type { MeetingKind, MeetingState } from "../../../protocol/generated";
import type { MeetingQuery } from "../../../protocol/meetings";

export const STATES: readonly MeetingState[] = ["planned", "running", "ended", "passed", "cancelled"];
export const KINDS: readonly MeetingKind[] = ["normal", "lecture", "questioning"];
const DAY_MS = 24 * 3600_000;

export const EVERYTHING: MeetingQuery = {
  q: "",
  fromMs: null,
  toMs: null,
  state: "",
  kind: "",
  mine: false,
  page: 1,
};

/** What an address asks for; what it does not understand it leaves out. */
export function queryOf(search: string): MeetingQuery {
  const asked = new URLSearchParams(search);
  const known = (key: string, all: readonly string[]) => all.find((one) => one === asked.get(key)) ?? "";
  const last = dayStart(asked.get("to") ?? "");
  const page = Number(asked.get("page"));
  return {
    q: (asked.get("q") ?? "").slice(0, 200),
    fromMs: dayStart(asked.get("from") ?? ""),
    toMs: last === null ? null : last + DAY_MS,
    state: known("state", STATES),
    kind: known("kind", KINDS),
    mine: asked.get("mine") === "1",
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/** The address of a query, without what is as usual. */
export function searchOf(query: MeetingQuery): string {
  const asked = new URLSearchParams();
  if (query.q) asked.set("q", query.q);
  if (query.fromMs !== null) asked.set("from", dayField(query.fromMs));
  if (query.toMs !== null) asked.set("to", lastDay(query.toMs));
  if (query.state) asked.set("state", query.state);
  if (query.kind) asked.set("kind", query.kind);
  if (query.mine) asked.set("mine", "1");
  if (query.page > 1) asked.set("page", String(query.page));
  return asked.toString();
}

/** The last day that belongs to it, for a date field; the query ends where the next one begins. */
export function lastDay(toMs: number): string {
  return dayField(toMs - 1);
}

/** End of the query for the day of a date field. */
export function endOfDay(field: string): number | null {
  const start = dayStart(field);
  return start === null ? null : start + DAY_MS;
}

export function isNarrowed(query: MeetingQuery): boolean {
  return searchOf({ ...query, page: 1 }) !== "";
}
