/**
 * Every stable code that the person may be told about, in one place: what the server refuses, what
 * the HTTP API answers, what only this side can notice. The locale files hold one sentence a code.
 */
import type { ApiError, Refused } from "./generated";

/** Noticed on this side of the wire. */
export type LocalRefusal =
  /** The server did not answer in time. */
  | { error: "no_answer" }
  /** The connection broke before the answer; the request may or may not have been carried out. */
  | { error: "connection_lost" }
  /** The session ended, or the conference no longer knows this person: sign in or enter again. */
  | { error: "not_signed_in" }
  /** The own device could not be opened; `device` is a device code. */
  | { error: "device"; device: string };

/** Why a request over the WebSocket was not carried out: code and facts. */
export type Refusal = Refused | LocalRefusal;

/** Why an HTTP request was not carried out. */
export type HttpRefusal =
  | ApiError
  /** The server cannot be reached. */
  | { error: "unreachable" }
  /** The answer is not what the API promises, e.g. a proxy's own page. */
  | { error: "bad_answer"; status: number };

/** Result of a request: done, or refused with a code. */
export type Outcome = { ok: true } | { ok: false; refusal: Refusal };

const REFUSED_CODES: Record<Refused["error"], true> = {
  not_allowed: true,
  locked: true,
  full: true,
  server_full: true,
  conference_ended: true,
  not_open: true,
  too_early: true,
  inside_elsewhere: true,
  screen_taken: true,
  microphones_closed: true,
  not_inside: true,
  registration_closed: true,
  not_waiting: true,
  nobody_waits: true,
  away: true,
  floor_changed: true,
  bad_time: true,
  nothing_to_undo: true,
  stage_full: true,
  too_secret: true,
  no_recorder: true,
  no_such_site: true,
  no_sites: true,
  site_absent: true,
  no_roll_call: true,
  roll_call_runs: true,
  site_marked: true,
  too_many_people: true,
  no_patrol: true,
  bad_seat: true,
  pictures_full: true,
  agenda_full: true,
  no_such_item: true,
  no_such_participant: true,
  no_such_leg: true,
  text_length: true,
  too_fast: true,
  malformed: true,
  too_large: true,
  hello_expected: true,
  bad_resume: true,
  media: true,
  bad_wish: true,
  stopping: true,
};

const API_CODES: Record<ApiError["error"], true> = {
  full: true,
  wrong_credentials: true,
  account_locked: true,
  invitation_expired: true,
  code_needed: true,
  wrong_code: true,
  inside_only: true,
  weak_password: true,
  duty_first: true,
  second_factor_on: true,
  second_factor_off: true,
  bad_file: true,
  plan_changed: true,
  not_signed_in: true,
  bad_token: true,
  not_allowed: true,
  foreign_origin: true,
  no_such_conference: true,
  no_such_site: true,
  no_such_participant: true,
  not_now: true,
  conference_exists: true,
  guests_not_allowed: true,
  text_length: true,
  bad_field: true,
  malformed: true,
  too_large: true,
  unsupported_media: true,
  bad_offer: true,
  kept_out: true,
  not_composed: true,
  stale_tag: true,
  tag_needed: true,
  too_many: true,
  not_found: true,
  method_not_allowed: true,
  busy: true,
  failure: true,
};

/** Every code of a refused WebSocket request; the locale test walks this list. */
export const REFUSAL_CODES: readonly string[] = [
  ...Object.keys(REFUSED_CODES),
  "no_answer",
  "connection_lost",
  "not_signed_in",
  "device",
];

/** Every code of a refused HTTP request; the locale test walks this list. */
export const HTTP_REFUSAL_CODES: readonly string[] = [...Object.keys(API_CODES), "unreachable", "bad_answer"];

/** Whether `code` is an error of the HTTP API. */
export function isApiCode(code: unknown): code is ApiError["error"] {
  return typeof code === "string" && Object.hasOwn(API_CODES, code);
}
