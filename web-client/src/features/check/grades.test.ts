/** What is good, weak and bad in the connection test. */
import { expect, it } from "vitest";
import en from "../../i18n/en.json";
import vi from "../../i18n/vi.json";
import { onlyCandidates, type Reached } from "../../rtc/probes";
import { bandwidth, clock, reach, server } from "./grades";

const YES: Reached = { isReached: true, tookMs: 80 };
const NO: Reached = { isReached: false, why: "blocked" };

it("takes TCP for a way round a blocked UDP, and nothing for both blocked", () => {
  expect(reach(YES, YES).map((line) => line.grade)).toEqual(["good", "good"]);
  expect(reach(NO, YES).map((line) => line.grade)).toEqual(["weak", "good"]);
  expect(reach(NO, NO).map((line) => line.grade)).toEqual(["bad", "bad"]);
  expect(reach({ isReached: false, why: "busy" }, YES)[0].grade).toBe("skipped");
});

it("grades bandwidth by what a meeting takes", () => {
  expect([4000, 900, 200, null].map((kbps) => bandwidth("download", kbps).grade)).toEqual([
    "good",
    "weak",
    "bad",
    "bad",
  ]);
});

it("calls a clock minutes off weak, because the meeting goes by the server's", () => {
  expect(clock({ delayMs: 20, offsetMs: 60_000 }).grade).toBe("good");
  expect(clock({ delayMs: 20, offsetMs: -600_000 }).grade).toBe("weak");
});

it("has a sentence for every step and grade that can be shown", () => {
  const lines = [
    ...reach(YES, YES),
    ...reach(NO, YES),
    ...reach(YES, NO),
    ...reach(NO, NO),
    ...[4000, 900, 200].flatMap((kbps) => [bandwidth("download", kbps), bandwidth("upload", kbps)]),
    server(null),
    server({ delayMs: 20, offsetMs: 0 }),
    server({ delayMs: 900, offsetMs: 0 }),
    clock({ delayMs: 1, offsetMs: 0 }),
    clock({ delayMs: 1, offsetMs: 600_000 }),
  ];
  for (const { say } of lines) {
    expect(vi.check, say).toHaveProperty(`say_${say}`);
    expect(en.check, say).toHaveProperty(`say_${say}`);
  }
});

it("leaves one kind of candidate in an offer", () => {
  const sdp = [
    "v=0",
    "a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host",
    "a=candidate:2 1 tcp 1671430143 192.0.2.1 40000 typ host tcptype passive",
    "a=end-of-candidates",
  ].join("\r\n");
  expect(onlyCandidates(sdp, "udp")).not.toContain("tcptype");
  expect(onlyCandidates(sdp, "tcp")).not.toContain("2130706431");
});
