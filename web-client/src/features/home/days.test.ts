/** Which meeting the page of today puts forward. */
import { expect, it } from "vitest";
import type { TodayMeeting } from "../../protocol/generated";
import { daysFrom, nextOf, unanswered } from "./days";

const NOW = Date.UTC(2026, 10, 23, 1, 0);
const HOUR_MS = 3600_000;

function meeting(id: string, part: Partial<TodayMeeting>): TodayMeeting {
  return {
    id,
    title: id,
    label: "",
    kind: "normal",
    secrecy: "public",
    minutes: 60,
    state: "planned",
    role: "delegate",
    open: true,
    participants: 0,
    chair: "",
    cancel_reason: "",
    sites: [],
    ...part,
  };
}

it("counts days as they begin in Viet Nam", () => {
  expect(daysFrom(Date.UTC(2026, 10, 22, 17, 30))[0]).toBe("2026-11-23");
  expect(daysFrom(Date.UTC(2026, 10, 22, 16, 30))[0]).toBe("2026-11-22");
});

it("puts the meeting forward that has people in it, before one that begins sooner", () => {
  const first = meeting("first", { starts_ms: NOW + HOUR_MS });
  const running = meeting("running", { starts_ms: NOW + 2 * HOUR_MS, state: "running", participants: 3 });
  expect(nextOf([first, running], NOW)?.id).toBe("running");
  expect(nextOf([first], NOW)?.id).toBe("first");
});

it("puts nothing forward that is over, cancelled or far away", () => {
  const gone = [
    meeting("a", { starts_ms: NOW, state: "cancelled" }),
    meeting("b", { starts_ms: NOW - HOUR_MS, state: "passed" }),
    meeting("c", { starts_ms: NOW + 40 * HOUR_MS }),
  ];
  expect(nextOf(gone, NOW)).toBeUndefined();
});

it("waits for no answer to a meeting that is cancelled or to which one was not invited", () => {
  expect(
    unanswered([
      meeting("a", { invited_as: "delegate", answer: "waiting" }),
      meeting("b", { invited_as: "delegate", answer: "waiting", state: "cancelled" }),
      meeting("c", {}),
    ]),
  ).toBe(1);
});
