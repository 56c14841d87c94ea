/**
 * Planning of meetings over HTTP: today, list, plan, templates, series, invitations and answers. As
 * http.ts: answers are typed, errors are thrown as `HttpError`; shows no text, retries nothing.
 */
import type {
  ConferenceCreated,
  ConferenceId,
  Conflict,
  GivenAnswer,
  Invitation,
  InvitationShown,
  InvitedFile,
  InvitedPerson,
  InvitedRole,
  MailServerState,
  MeetingList,
  MeetingPlan,
  MeetingTemplate,
  NewConference,
  PersonFound,
  PlanChange,
  PlanChanged,
  SentInvitations,
  SeriesRule,
  SeriesScope,
  SiteSummary,
  Today,
} from "./generated";
import { call, WORKBOOK } from "./http";

/** What the list of meetings is narrowed to; empty texts mean everything. */
export interface MeetingQuery {
  q: string;
  fromMs: number | null;
  toMs: number | null;
  state: string;
  kind: string;
  mine: boolean;
  page: number;
}

const of = (id: ConferenceId) => `/conferences/${encodeURIComponent(id)}`;

/** The own meetings of a day, "2026-11-23" in Viet Nam. */
export function today(day: string): Promise<Today> {
  return call<Today>("GET", `/today?day=${day}`);
}

export function meetings(query: MeetingQuery): Promise<MeetingList> {
  const asked = new URLSearchParams({ page: String(query.page) });
  if (query.q) asked.set("q", query.q);
  if (query.fromMs !== null) asked.set("from_ms", String(query.fromMs));
  if (query.toMs !== null) asked.set("to_ms", String(query.toMs));
  if (query.state) asked.set("state", query.state);
  if (query.kind) asked.set("kind", query.kind);
  if (query.mine) asked.set("mine", "true");
  return call<MeetingList>("GET", `/meetings?${asked}`);
}

/** Refused: `bad_field`, `text_length`, `not_allowed`. */
export function planMeeting(body: NewConference): Promise<ConferenceCreated> {
  return call<ConferenceCreated>("POST", "/conferences", body);
}

export function meetingPlan(id: ConferenceId): Promise<MeetingPlan> {
  return call<MeetingPlan>("GET", `${of(id)}/plan`);
}

/** Refused: `not_now` once it runs, is over or cancelled. */
export function changePlan(id: ConferenceId, change: Partial<PlanChange>): Promise<PlanChanged> {
  return call<PlanChanged>("PATCH", `${of(id)}/plan`, change);
}

export function cancelMeeting(
  id: ConferenceId,
  body: { reason?: string; scope?: SeriesScope },
): Promise<{ cancelled: ConferenceId[] }> {
  return call("POST", `${of(id)}/cancel`, body);
}

/** Takes a cancellation back. Refused: `not_now` where there is none. */
export function restoreMeeting(
  id: ConferenceId,
  body: { scope?: SeriesScope },
): Promise<{ restored: ConferenceId[] }> {
  return call("POST", `${of(id)}/restore`, body);
}

export interface ConflictQuestion {
  id?: ConferenceId;
  starts_ms: number;
  minutes: number;
  sites?: string[];
  people?: InvitedPerson[];
}

/** Who and what else is taken at that time. */
export function conflicts(question: ConflictQuestion): Promise<Conflict[]> {
  return call<Conflict[]>("POST", "/meetings/conflicts", question);
}

export function seriesTimes(starts_ms: number, rule: SeriesRule): Promise<{ starts_ms: number[] }> {
  return call("POST", "/series/preview", { starts_ms, rule });
}

export function templates(): Promise<MeetingTemplate[]> {
  return call<MeetingTemplate[]>("GET", "/templates");
}

export function keepTemplate(name: string, meeting: NewConference): Promise<MeetingTemplate> {
  return call<MeetingTemplate>("POST", "/templates", { name, meeting });
}

export function dropTemplate(id: string): Promise<void> {
  return call<void>("DELETE", `/templates/${encodeURIComponent(id)}`);
}

/** Every site, in the order of the tree. */
export function allSites(): Promise<SiteSummary[]> {
  return call<SiteSummary[]>("GET", "/sites");
}

export function findPeople(q: string): Promise<PersonFound[]> {
  return call<PersonFound[]>("GET", `/people?${new URLSearchParams({ q })}`);
}

export function invitations(id: ConferenceId): Promise<Invitation[]> {
  return call<Invitation[]>("GET", `${of(id)}/invitations`);
}

export function invite(id: ConferenceId, people: InvitedPerson[]): Promise<Invitation[]> {
  return call<Invitation[]>("POST", `${of(id)}/invitations`, { people });
}

export function changeInvitation(
  id: ConferenceId,
  invitation: string,
  role: InvitedRole,
): Promise<Invitation> {
  return call<Invitation>("PATCH", `${of(id)}/invitations/${encodeURIComponent(invitation)}`, { role });
}

export function takeBackInvitation(id: ConferenceId, invitation: string): Promise<void> {
  return call<void>("DELETE", `${of(id)}/invitations/${encodeURIComponent(invitation)}`);
}

/** Reads a list of people from a file, CSV or a workbook; keeps nothing. Refused: `bad_file`. */
export function readInvited(id: ConferenceId, file: File): Promise<InvitedFile> {
  // By its name: a browser knows the type only where a program for it is installed.
  const kind = file.name.toLowerCase().endsWith(".xlsx") ? WORKBOOK : "text/csv";
  return call<InvitedFile>("POST", `${of(id)}/invitations/import`, file.slice(0, file.size, kind));
}

export function sendInvitations(
  id: ConferenceId,
  whom: { only?: string[]; unanswered?: boolean },
): Promise<SentInvitations> {
  return call<SentInvitations>("POST", `${of(id)}/invitations/send`, whom);
}

/** Whether the server sends mail at all. */
export function mailSettings(): Promise<MailServerState> {
  return call<MailServerState>("GET", "/mail");
}

/** The own answer. Refused: `not_found` for who is not invited, `not_now` once it is over. */
export function answerInvitation(id: ConferenceId, given: GivenAnswer): Promise<InvitationShown> {
  return call<InvitationShown>("PUT", `${of(id)}/answer`, given);
}

const byLink = (token: string) => `/answers/${encodeURIComponent(token)}`;

/** What a link out of a mail leads to, without sign-in. Refused: `not_found`. */
export function shownInvitation(token: string): Promise<InvitationShown> {
  return call<InvitationShown>("GET", byLink(token));
}

export function answerByLink(token: string, given: GivenAnswer): Promise<InvitationShown> {
  return call<InvitationShown>("POST", byLink(token), given);
}

/** Makes who holds the link a guest of the meeting. */
export function enterByLink(token: string): Promise<{ conference: ConferenceId }> {
  return call("POST", `${byLink(token)}/enter`);
}
