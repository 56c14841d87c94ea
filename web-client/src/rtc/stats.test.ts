/** Rules of the figures: rates between two reports, and nothing invented from reports that lack fields. */
import { describe, expect, it } from "vitest";
import { sampleOf } from "./stats";

function report(seconds: number, frames: number, freezes = 0): [string, unknown][] {
  return [
    [
      "T",
      {
        type: "transport",
        timestamp: seconds * 1000,
        selectedCandidatePairId: "P",
        srtpCipher: "SRTP_AEAD_AES_128_GCM",
        bytesReceived: frames * 1000,
        packetsReceived: frames,
      },
    ],
    [
      "P",
      {
        type: "candidate-pair",
        localCandidateId: "L",
        remoteCandidateId: "R",
        currentRoundTripTime: 0.012,
        responsesReceived: 3,
      },
    ],
    ["L", { type: "local-candidate", candidateType: "relay", relayProtocol: "tls" }],
    ["R", { type: "remote-candidate", address: "10.0.0.1", port: 40_000, protocol: "udp" }],
    [
      "I",
      {
        type: "inbound-rtp",
        kind: "video",
        mid: "v0",
        framesDecoded: frames,
        freezeCount: freezes,
        totalFreezesDuration: freezes * 0.4,
        packetsReceived: frames * 4,
        packetsLost: freezes * 4,
      },
    ],
    ["C", { type: "codec", mimeType: "video/VP8" }],
    [
      "O",
      { type: "outbound-rtp", kind: "video", mid: "cam", rid: "f", codecId: "C", bytesSent: frames * 5000 },
    ],
  ];
}

describe("figures of a media connection", () => {
  it("say where media goes and how it is protected", () => {
    expect(sampleOf(report(1, 10), null)).toMatchObject({
      srtpCipher: "SRTP_AEAD_AES_128_GCM",
      remoteAddress: "10.0.0.1",
      remotePort: 40_000,
      protocol: "udp",
      localType: "relay",
      relayProtocol: "tls",
      rttMs: 12,
    });
  });

  it("count pictures, losses and bits since the sample before", () => {
    const first = sampleOf(report(1, 10), null);
    const second = sampleOf(report(3, 60, 2), first);
    expect(second.inbound[0]).toMatchObject({ mid: "v0", fps: 25, freezeCount: 2, freezeMs: 400 });
    expect(second.inbound[0]?.loss).toBeCloseTo(8 / 208);
    expect(second.outbound[0]).toMatchObject({ rid: "f", codec: "video/VP8", bitrateBps: 1_000_000 });
    expect(second.signsOfLife).toBeGreaterThan(first.signsOfLife);
  });

  it("are zero and empty where the browser tells nothing", () => {
    const sample = sampleOf(
      [
        ["x", { type: "transport" }],
        ["y", null],
        ["z", 7],
      ],
      null,
    );
    expect(sample).toMatchObject({ srtpCipher: "", remotePort: 0, rttMs: 0, inbound: [], outbound: [] });
    expect(sampleOf([], sample)).toMatchObject({ atMs: 0, signsOfLife: 0 });
  });
});
