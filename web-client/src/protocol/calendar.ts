/**
 * The own calendar feed and the own address for mail, over HTTP. As http.ts: errors are thrown as
 * `HttpError`.
 */

import type { CalendarState } from "./generated";
import { call } from "./http";

export function calendarFeed(): Promise<CalendarState> {
  return call<CalendarState>("GET", "/me/calendar");
}

/** A new address of the feed, told this once; the old one ends. */
export function openCalendarFeed(): Promise<{ address: string }> {
  return call("POST", "/me/calendar");
}

export function closeCalendarFeed(): Promise<void> {
  return call<void>("DELETE", "/me/calendar");
}

export function ownEmail(): Promise<{ email: string }> {
  return call("GET", "/me/email");
}

/** An empty one removes it. Refused: `bad_field`. */
export function changeEmail(email: string): Promise<{ email: string }> {
  return call("PUT", "/me/email", { email });
}
