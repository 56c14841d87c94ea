/**
 * The addresses of the client in one place.
 *
 * Used by App.tsx and by everything that links. Must match what the server answers with index.html.
 */
import type { ConferenceId, Role } from "./protocol/generated";

export const HOME = "/";
export const LOGIN = "/login";
export const ACCOUNT = "/account";
export const PEOPLE = "/admin/people";
export const AUTHORITY = "/ca";
export const CONFERENCE = "/c/:id";
export const STATISTICS = "/c/:id/statistics";
/** What every address of a conference begins with. */
export const CONFERENCE_PREFIX = "/c/";

export const MEETINGS = "/meetings";
export const NEW_MEETING = "/meetings/new";
export const MEETING_PLAN = "/meetings/:id";
export const EDIT_MEETING = "/meetings/:id/edit";
export const MEETING_REPORT = "/meetings/:id/report";
/** Behind the link of a mail; Vietnamese, since it stands in the mail. */
export const ANSWER = "/tra-loi/:token";
export const WEBHOOKS = "/admin/webhooks";

/** The live stream of a conference. */
export const LIVE = "/live/:id";

export const CHECK = "/check";
export const GUIDE = "/guide/:name";

/** Address of the guide that a role needs; the delegate's for everybody without one of their own. */
export function guideFor(role: Role | undefined): string {
  if (role === "chair") return guidePath("chu-tri");
  if (role === "secretary") return guidePath("thu-ky");
  return guidePath(role === "duty_operator" || role === "site_operator" ? "truc-ky-thuat" : "dai-bieu");
}

export function guidePath(name: string): string {
  return `/guide/${name}`;
}

/** Address of a conference's lobby. */
export function conferencePath(id: ConferenceId): string {
  return `/c/${encodeURIComponent(id)}`;
}

/** Address of a conference's live stream. */
export function livePath(id: ConferenceId): string {
  return `/live/${encodeURIComponent(id)}`;
}

/** Address of the page that shows everybody's media connection. */
export function statisticsPath(id: ConferenceId): string {
  return `${conferencePath(id)}/statistics`;
}

/** Whether a role may see it; the server decides, this only spares a useless way there. */
export function maySeeStatistics(role: Role): boolean {
  return ["chair", "secretary", "duty_operator", "administrator"].includes(role);
}

/** Address of what is planned for a meeting, with its invitations. */
export function planPath(id: ConferenceId): string {
  return `${MEETINGS}/${encodeURIComponent(id)}`;
}

export function editPath(id: ConferenceId): string {
  return `${planPath(id)}/edit`;
}

export function reportPath(id: ConferenceId): string {
  return `${planPath(id)}/report`;
}

/** Whether a role may plan meetings; the server decides, this only hides what it would refuse. */
export function mayPlan(role: Role): boolean {
  return ["chair", "secretary", "administrator"].includes(role);
}

/** Address of the sign-in page that leads back to `from` afterwards. */
export function loginPath(from: string): string {
  return from === HOME ? LOGIN : `${LOGIN}?from=${encodeURIComponent(from)}`;
}

/** Why somebody stands at the sign-in page without having asked for it. */
export type SignInReason = "idle" | "ended";

/** Address of the sign-in page that says why, and leads back to `from` afterwards. */
export function signInAgainPath(from: string, why: SignInReason): string {
  return `${LOGIN}?from=${encodeURIComponent(from)}&why=${why}`;
}

/** What the sign-in page says on arrival; null when nothing. */
export function signInReason(search: string): SignInReason | null {
  const why = new URLSearchParams(search).get("why");
  return why === "idle" || why === "ended" ? why : null;
}

/** Where to go after signing in; only addresses of our own, so that a link cannot lead astray. */
export function returnPath(search: string): string {
  const from = new URLSearchParams(search).get("from") ?? HOME;
  return /^\/(?![/\\])/u.test(from) ? from : HOME;
}

/** The complete link of a conference, as it is given to others. */
export function invitationLink(id: ConferenceId): string {
  return wholeAddress(conferencePath(id));
}

/** An address of this server as other programs need it; the server leaves out its own name. */
export function wholeAddress(path: string): string {
  return new URL(path, window.location.origin).href;
}
