/**
 * Figures of everybody's media connection over HTTP. As http.ts: errors are thrown as `HttpError`.
 */
import type { ConferenceId, ConferenceStatistics } from "./generated";
import { call } from "./http";

/** The connections of a running conference. Refused: `not_allowed`, `no_such_conference`. */
export function conferenceStatistics(id: ConferenceId): Promise<ConferenceStatistics> {
  return call<ConferenceStatistics>("GET", `/conferences/${encodeURIComponent(id)}/statistics`);
}
