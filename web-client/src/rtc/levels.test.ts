/** Rules of the meters: decibels as ears hear them, and a voice that stopped sending is silent. */
import { describe, expect, it } from "vitest";
import { loudness, meterLevel, voiceLevel } from "./levels";

function voice(audioLevel: number | undefined, ageMs: number, origin = 0) {
  const source = { timestamp: origin + performance.now() - ageMs, audioLevel } as RTCRtpSynchronizationSource;
  return voiceLevel({ getSynchronizationSources: () => [source] });
}

describe("meters", () => {
  it("are empty at -60 dB and full at -12 dB", () => {
    expect([0, 0.001, 10 ** (-36 / 20), 10 ** (-12 / 20), 1].map(meterLevel)).toEqual([
      0,
      0,
      expect.closeTo(0.5),
      1,
      1,
    ]);
    expect(loudness(Float32Array.of(0.5, -0.5))).toBe(0.5);
    expect(loudness(new Float32Array())).toBe(0);
  });

  it("show a voice as loud as its sender says", () => {
    expect(voice(10 ** (-36 / 20), 20)).toBe(0.5);
    expect(voice(1, 20)).toBe(1);
    expect(voice(undefined, 20)).toBe(0);
    expect(voiceLevel({ getSynchronizationSources: () => [] })).toBe(0);
  });

  it("show nothing half a second after the last packet, on either clock", () => {
    expect(voice(1, 600)).toBe(0);
    expect(voice(1, 600, performance.timeOrigin)).toBe(0);
    expect(voice(1, 20, performance.timeOrigin)).toBe(1);
  });
});
