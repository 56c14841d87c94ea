/**
 * The way through the HTTPS port, for networks that let nothing else pass: from what the server grants
 * to what the browser wants. Used by `peer.ts` and `probes.ts`.
 */
import type { Relay } from "../protocol/generated";

/** Where the page came from; TURN is there unless the server names another place. */
type Origin = Pick<Location, "hostname" | "port">;

/** None without a grant: then the browser goes the direct ways only. */
export function iceServers(relay: Relay | undefined, page: Origin = location): RTCIceServer[] {
  if (relay === undefined) return [];
  const { username, credential } = relay;
  const port = page.port === "" ? "443" : page.port;
  return [{ urls: relay.url ?? `turns:${page.hostname}:${port}?transport=tcp`, username, credential }];
}
