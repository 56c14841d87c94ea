/**
 * The live stream of a conference as the HTTP API tells it, and where its files are.
 */
import type { ConferenceId, LiveStanding } from "./generated";
import { call } from "./http";

/** How it stands. Refused: `not_signed_in`, `not_allowed`, `no_such_conference`. */
export function liveStanding(id: ConferenceId): Promise<LiveStanding> {
  return call<LiveStanding>("GET", `/conferences/${encodeURIComponent(id)}/live`);
}

/** The playlist that players begin with. */
export function livePlaylist(id: ConferenceId): string {
  return `/live/${encodeURIComponent(id)}/hls/index.m3u8`;
}
