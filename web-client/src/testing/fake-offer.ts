/**
 * An offer in the form that the media server writes: one line per own source, then the pool. Used by
 * browser tests that need no server; its candidate leads nowhere.
 */
import { AUDIO_SLOTS, VIDEO_SLOTS } from "../protocol/generated";

const EXTENSIONS: Readonly<Record<number, string>> = {
  1: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  2: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  3: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
  4: "urn:ietf:params:rtp-hdrext:sdes:mid",
  5: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
  6: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
};

/** What the server asks of the coder of a shared screen's sound. */
const STEREO = ";stereo=1;sprop-stereo=1;maxaveragebitrate=96000";

/** Mids in the order of the offer. */
export function offeredMids(): string[] {
  const slots = (letter: string, count: number) =>
    Array.from({ length: count }, (_, slot) => `${letter}${slot}`);
  return ["cam", "mic", "scr", "sca", ...slots("v", VIDEO_SLOTS), ...slots("a", AUDIO_SLOTS)];
}

/** The whole offer; `version` and `ufrag` change for an ICE restart. */
export function fakeOffer(version = 1, ufrag = "fake"): string {
  const head = [
    "v=0",
    `o=- 4611731400430051336 ${version} IN IP4 127.0.0.1`,
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${offeredMids().join(" ")}`,
    "a=extmap-allow-mixed",
    "a=msid-semantic: WMS *",
    "a=ice-lite",
  ];
  const lines = offeredMids().flatMap((mid, place) => mediaLines(mid, place, ufrag));
  return [...head, ...lines, ""].join("\r\n");
}

function mediaLines(mid: string, place: number, ufrag: string): string[] {
  const isSlot = /\d$/.test(mid);
  const isVideo = mid === "cam" || mid === "scr" || mid.startsWith("v");
  const extensions = isSlot
    ? isVideo
      ? [2, 3]
      : [1, 2, 3]
    : isVideo
      ? mid === "cam"
        ? [2, 3, 4, 5, 6]
        : [2, 3, 4]
      : [1, 2, 3, 4];
  const isStereo = mid === "sca" || mid === "a3";
  const opus = isStereo ? 112 : 111;
  const ssrc = 269_352_960 + 2 * place;
  return [
    `m=${isVideo ? "video" : "audio"} 9 UDP/TLS/RTP/SAVPF ${isVideo ? "96 97 102 103" : opus}`,
    "c=IN IP4 0.0.0.0",
    "a=rtcp:9 IN IP4 0.0.0.0",
    `a=ice-ufrag:${ufrag}`,
    "a=ice-pwd:asd88fgpdd777uzjYhagZg12",
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "AB").join(":")}`,
    "a=setup:actpass",
    `a=mid:${mid}`,
    ...(place === 0 ? ["a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host", "a=end-of-candidates"] : []),
    ...extensions.map((id) => `a=extmap:${id} ${EXTENSIONS[id]}`),
    ...(isSlot ? ["a=sendonly", `a=msid:${mid} ${mid}`] : ["a=recvonly"]),
    "a=rtcp-mux",
    "a=rtcp-rsize",
    ...(isVideo ? videoCodecs() : [`a=rtpmap:${opus} opus/48000/2`, `a=rtcp-fb:${opus} transport-cc`]),
    ...(isVideo ? [] : [`a=fmtp:${opus} minptime=10;useinbandfec=1${isStereo ? STEREO : ""}`]),
    ...(mid === "cam" ? ["a=rid:q recv", "a=rid:h recv", "a=rid:f recv", "a=simulcast:recv q;h;f"] : []),
    ...(isSlot && isVideo ? [`a=ssrc-group:FID ${ssrc} ${ssrc + 1}`, `a=ssrc:${ssrc + 1} cname:sfu`] : []),
    ...(isSlot ? [`a=ssrc:${ssrc} cname:sfu`] : []),
  ];
}

function videoCodecs(): string[] {
  const feedback = (payload: number) =>
    ["ccm fir", "nack", "nack pli", "transport-cc"].map((kind) => `a=rtcp-fb:${payload} ${kind}`);
  return [
    "a=rtpmap:96 VP8/90000",
    ...feedback(96),
    "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96",
    "a=rtpmap:102 H264/90000",
    ...feedback(102),
    "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    "a=rtpmap:103 rtx/90000",
    "a=fmtp:103 apt=102",
  ];
}
