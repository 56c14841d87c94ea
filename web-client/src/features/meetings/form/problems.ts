/**
 * What is wrong with a draft before it is sent, by field; and which field a refusal of the server means.
 * Pure; the words are `form.problem.CODE`.
 */
import type { HttpRefusal } from "../../../protocol/error-codes";
import { type Draft, MAX, numberIn, startOf } from "./draft";

export type ProblemCode =
  | "title_missing"
  | "day_missing"
  | "time_missing"
  | "in_the_past"
  | "minutes_wrong"
  | "item_title_missing"
  | "item_minutes_wrong"
  | "series_count_wrong"
  | "server";

/** By name of the field; items of the agenda as `item-KEY` and `item-minutes-KEY`. */
export type Problems = Readonly<Record<string, ProblemCode>>;

/** A start so long ago is still taken as now, in ms. */
const GRACE_MS = 5 * 60_000;
const MAX_SERIES = 60;

export function problemsOf(draft: Draft, nowMs: number, before?: Draft): Problems {
  const problems: Record<string, ProblemCode> = {};
  const minutes = numberIn(draft.minutes);
  const startsMs = startOf(draft);
  if (!draft.title.trim()) problems.title = "title_missing";
  if (!draft.day) problems.day = "day_missing";
  else if (!draft.time) problems.time = "time_missing";
  else if (startsMs !== null && startsMs < nowMs - GRACE_MS && isMoved(draft, before))
    problems.day = "in_the_past";
  if (minutes === null || minutes < 1 || minutes > MAX.minutes) problems.minutes = "minutes_wrong";
  for (const item of draft.agenda) {
    const isUsed = item.title.trim() || item.speakers.trim() || item.minutes.trim();
    if (isUsed && !item.title.trim()) problems[`item-${item.key}`] = "item_title_missing";
    const planned = numberIn(item.minutes);
    if (item.minutes.trim() && (planned === null || planned > MAX.itemMinutes)) {
      problems[`item-minutes-${item.key}`] = "item_minutes_wrong";
    }
  }
  if (draft.series !== "none") {
    const count = numberIn(draft.seriesCount);
    if (count === null || count < 2 || count > MAX_SERIES) problems.seriesCount = "series_count_wrong";
  }
  return problems;
}

function isMoved(draft: Draft, before: Draft | undefined): boolean {
  return before === undefined || startOf(before) !== startOf(draft);
}

/** Names of the server's fields that stand under another name here. */
const FIELDS: Readonly<Record<string, string>> = { starts_ms: "day", opens_ms: "day", series: "seriesCount" };

/** The field that a refusal means; empty when it means none. */
export function problemsOfRefusal(refusal: HttpRefusal): Problems {
  if (!("field" in refusal) || typeof refusal.field !== "string") return {};
  const field = refusal.field.split(/[.[]/u)[0] ?? "";
  return { [FIELDS[field] ?? field]: "server" };
}
