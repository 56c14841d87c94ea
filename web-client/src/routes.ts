/**
 * The addresses of the client in one place.
 *
 * Used by App.tsx and by everything that links. Must match what the server answers with index.html.
 */
import type { ConferenceId } from "./protocol/generated";

export const HOME = "/";
export const LOGIN = "/login";
export const CONFERENCE = "/c/:id";

export const CHECK = "/check";

/** Address of a conference's lobby. */
export function conferencePath(id: ConferenceId): string {
  return `/c/${encodeURIComponent(id)}`;
}

/** Address of the sign-in page that leads back to `from` afterwards. */
export function loginPath(from: string): string {
  return from === HOME ? LOGIN : `${LOGIN}?from=${encodeURIComponent(from)}`;
}

/** Where to go after signing in; only addresses of our own, so that a link cannot lead astray. */
export function returnPath(search: string): string {
  const from = new URLSearchParams(search).get("from") ?? HOME;
  return /^\/(?![/\\])/u.test(from) ? from : HOME;
}

/** The complete link of a conference, as it is given to others. */
export function invitationLink(id: ConferenceId): string {
  return `${window.location.origin}${conferencePath(id)}`;
}
