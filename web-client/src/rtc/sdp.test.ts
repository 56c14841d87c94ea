/** Rules of the description's text: only the Opus lines meant are changed, everything else stays byte for byte. */
import { describe, expect, it } from "vitest";
import { midsOf, readableOffer, stereoAnswer, withOpusOptions } from "./sdp";

function audio(mid: string, fmtp = "a=fmtp:111 minptime=10;useinbandfec=1\r\n"): string {
  return `m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:${mid}\r\na=rtpmap:111 opus/48000/2\r\n${fmtp}a=rtcp-fb:111 transport-cc\r\n`;
}

const HEAD = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE cam mic scr sca v0 a0 a3\r\n";
const VIDEO = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:cam\r\na=rtpmap:96 VP8/90000\r\na=fmtp:96 x=1\r\n";
const OFFER = HEAD + VIDEO + audio("mic") + audio("sca") + audio("a0") + audio("a3");

function section(sdp: string, mid: string): string {
  return sdp.split(/(?=^m=)/m).find((part) => part.includes(`a=mid:${mid}\r\n`)) ?? "";
}

describe("session descriptions", () => {
  it("name their mids in order", () => {
    expect(midsOf(OFFER)).toEqual(["cam", "mic", "sca", "a0", "a3"]);
  });

  it("ask for silence suppression and repair for the voice, and leave the screen's sound alone", () => {
    const offer = readableOffer(OFFER);
    expect(section(offer, "mic")).toContain(
      "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=32000\r\n",
    );
    expect(section(offer, "sca")).toBe(section(OFFER, "sca"));
  });

  it("leave every other line as it is", () => {
    const offer = readableOffer(OFFER);
    for (const mid of ["cam", "a0", "a3"]) expect(section(offer, mid)).toBe(section(OFFER, mid));
    expect(offer.startsWith(HEAD)).toBe(true);
  });

  it("answer with stereo for the slot of a shared screen's sound only", () => {
    const answer = stereoAnswer(OFFER);
    expect(section(answer, "a3")).toContain("useinbandfec=1;stereo=1\r\n");
    expect(section(answer, "a0")).toBe(section(OFFER, "a0"));
  });

  it("get an options line where there is none, and keep options once", () => {
    const bare = HEAD + audio("mic", "");
    expect(withOpusOptions(bare, "mic", { usedtx: "1" })).toContain(
      "opus/48000/2\r\na=fmtp:111 usedtx=1\r\n",
    );
    const twice = withOpusOptions(withOpusOptions(OFFER, "mic", { usedtx: "0" }), "mic", { usedtx: "1" });
    expect(section(twice, "mic").match(/usedtx/g)).toHaveLength(1);
    expect(section(twice, "mic")).toContain("usedtx=1");
  });

  it("without Opus or of any other text come back unchanged", () => {
    for (const text of ["", "x", HEAD, HEAD + VIDEO, "m=audio\r\na=mid:mic\r\n", "a=mid:\r\n"]) {
      expect(readableOffer(text)).toBe(text);
      expect(stereoAnswer(text)).toBe(text);
    }
  });
});
