/** What is good, weak and bad in the connection test. */
// @vitest-environment happy-dom
import { expect, it } from "vitest";
import en from "../../i18n/en.json";
import vi from "../../i18n/vi.json";
import { onlyCandidates, type Reached } from "../../rtc/probes";
import { bandwidth, clock, reach, server } from "./grades";

const YES: Reached = { isReached: true, tookMs: 80 };
const NO: Reached = { isReached: false, why: "blocked" };

const grades = (udp: Reached, tcp: Reached, tls: Reached) =>
  reach({ udp, tcp, tls }).map((line) => line.grade);

it("takes TCP and TLS for ways round a blocked UDP, and nothing for all three blocked", () => {
  expect(grades(YES, YES, YES)).toEqual(["good", "good", "good"]);
  expect(grades(NO, YES, YES)).toEqual(["weak", "good", "good"]);
  expect(grades(NO, NO, YES)).toEqual(["weak", "weak", "good"]);
  expect(grades(YES, NO, NO)).toEqual(["good", "weak", "weak"]);
  expect(grades(NO, NO, NO)).toEqual(["bad", "bad", "bad"]);
  expect(grades({ isReached: false, why: "busy" }, YES, YES)[0]).toBe("skipped");
});

it("skips a way that the server does not offer, with words of its own, and counts it for no way round", () => {
  const off: Reached = { isReached: false, why: "not_offered" };
  expect(grades(YES, NO, off)).toEqual(["good", "weak", "skipped"]);
  expect(grades(NO, NO, off)).toEqual(["bad", "bad", "skipped"]);
  const [, , tls] = reach({ udp: YES, tcp: YES, tls: off });
  expect(vi.check).toHaveProperty(`say_${tls?.say}`);
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
    ...[YES, NO].flatMap((udp) =>
      [YES, NO].flatMap((tcp) => [YES, NO].flatMap((tls) => reach({ udp, tcp, tls }))),
    ),
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
  expect(onlyCandidates(sdp, "tls")).toBe(onlyCandidates(sdp, "udp"));
});
