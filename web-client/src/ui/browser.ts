/**
 * Which family of browsers this is, for the words that say where to press, and what it lacks for a
 * meeting. Read once; never used to switch anything on or off that can be tested for by itself.
 */

/** `steps.KIND_…` in the locale files. */
export type BrowserKind = "chromium" | "firefox" | "safari" | "ios" | "android";

type Agent = Pick<Navigator, "userAgent" | "maxTouchPoints">;

export function browserKind(agent: Agent = navigator): BrowserKind {
  const { userAgent } = agent;
  // iPads say that they are Macs, but no Mac has a touch screen. Every browser there is Safari within.
  if (/iPhone|iPad|iPod/u.test(userAgent) || (/Macintosh/u.test(userAgent) && agent.maxTouchPoints > 1)) {
    return "ios";
  }
  if (/Android/u.test(userAgent)) return "android";
  if (/Firefox\//u.test(userAgent)) return "firefox";
  if (/Safari\//u.test(userAgent) && !/Chrom(e|ium)\//u.test(userAgent)) return "safari";
  return "chromium";
}

/** What a meeting cannot do without; technical names, for support. */
export function missingParts(scope: object = globalThis): string[] {
  const has = (name: string) => name in scope;
  const connection = (scope as { RTCPeerConnection?: { prototype: object } }).RTCPeerConnection;
  return [
    ...(connection === undefined || !("addTransceiver" in connection.prototype) ? ["WebRTC"] : []),
    ...(has("WebSocket") ? [] : ["WebSocket"]),
    ...(has("MediaStream") ? [] : ["MediaStream"]),
    ...(has("AudioContext") ? [] : ["Web Audio"]),
  ];
}
