/**
 * The days of the page of today, and which meeting comes next. Pure; used by TodayList.
 */
import { dayField } from "../../i18n/format";
import type { TodayMeeting } from "../../protocol/generated";

/** Today and as many following days are shown. */
export const DAYS_SHOWN = 7;
const DAY_MS = 24 * 3600_000;
/** A meeting is put forward from so long before its start on, in ms. */
const SOON_MS = 12 * 3600_000;

/** Names of the days to ask for, today first. */
export function daysFrom(nowMs: number): readonly string[] {
  return Array.from({ length: DAYS_SHOWN }, (_, at) => dayField(nowMs + at * DAY_MS));
}

const isAhead = (meeting: TodayMeeting) => meeting.state === "planned" || meeting.state === "running";

/** The meeting to put forward: one that runs, else the next one to begin soon. */
export function nextOf(meetings: readonly TodayMeeting[], nowMs: number): TodayMeeting | undefined {
  const timed = meetings.filter((one) => isAhead(one) && one.starts_ms !== undefined);
  const running = timed.find((one) => one.participants > 0);
  return running ?? timed.find((one) => (one.starts_ms ?? 0) - nowMs < SOON_MS);
}

/** How many wait for the person's answer. */
export function unanswered(meetings: readonly TodayMeeting[]): number {
  return meetings.filter((one) => isAhead(one) && one.invited_as !== undefined && one.answer === "waiting")
    .length;
}
