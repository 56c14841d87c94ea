/** Rules of the measured facts of a called site. */
import { expect, it } from "vitest";
import type { LinkStatistics } from "../../../protocol/generated";
import { fakePerson } from "../../../testing/fake-people";
import { fakeStatistics } from "../../../testing/fake-statistics";
import { factsOf } from "./site-facts";

const LINK: LinkStatistics = {
  ...(fakeStatistics(3, false).participants.find((one) => one.link !== null)?.link as LinkStatistics),
  uplink_loss: 0.002,
  downlink_loss: 0,
  rtt_ms: 38,
  streams: [
    { source: "camera", layer: "q", bps: 200_000, height_px: 180, loss: 0, jitter_ms: 1 },
    { source: "camera", layer: "f", bps: 1_300_000, height_px: 720, loss: 0, jitter_ms: 1 },
  ],
};
const PERSON = { ...fakePerson(4), microphone: true, camera: true };

it("says what is measured", () => {
  expect(factsOf(PERSON, LINK, 18, "vi")).toMatchObject([
    { code: "picture_is", grade: "good", values: { height: 720, rate: "1,5" } },
    { code: "sound_is", grade: "good", values: { level: -18 } },
    { code: "link_is", grade: "good", values: { loss: "0,2", rtt: 38 } },
    { code: "content_none", grade: "none" },
  ]);
});

it("calls what is off bad, and what is not known unknown", () => {
  const off = { ...PERSON, microphone: false, camera: false };
  expect(factsOf(off, null, null, "vi").map((fact) => [fact.code, fact.grade])).toEqual([
    ["picture_none", "bad"],
    ["sound_off", "bad"],
    ["unknown", "none"],
    ["content_none", "none"],
  ]);
  expect(factsOf(undefined, null, null, "vi").every((fact) => fact.code === "unknown")).toBe(true);
});

it("does not take silence for a fault, but a lossy line", () => {
  const facts = factsOf(PERSON, { ...LINK, downlink_loss: 0.08 }, null, "en");
  expect(facts[1]).toMatchObject({ code: "sound_silent", grade: "none" });
  expect(facts[2]).toMatchObject({ grade: "bad", values: { loss: "8.0" } });
});
