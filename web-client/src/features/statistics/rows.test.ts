/** Rows of the statistics page: worst first when asked, found without marks, nothing that jumps. */
import { describe, expect, it } from "vitest";
import type { LinkStatistics, ParticipantStatistics, ProgrammeStatistics } from "../../protocol/generated";
import { qualityOf } from "./quality";
import { type Column, chosen, countsOf, givenUp, pressed, rowsOf, sentHeights } from "./rows";

const QUIET: LinkStatistics = {
  shard: 0,
  via: "udp",
  uplink_bps: 1_700_000,
  downlink_bps: 900_000,
  uplink_loss: 0,
  downlink_loss: 0,
  rtt_ms: 20,
  jitter_ms: 3,
  estimate_bps: 8_000_000,
  streams: [],
  shown: [3, 1, 0],
  paused: 0,
  waiting_packets: 0,
  asked_again: 0,
  recovered: 0,
  nacked: 0,
  repaired: 0,
  keyframes_asked: 0,
  keyframes_wanted: 0,
  refused: 0,
  paced: 0,
  given_up: 0,
};

function person(
  participant: number,
  name: string,
  link: Partial<LinkStatistics> | null,
): ParticipantStatistics {
  const all = link === null ? null : { ...QUIET, ...link };
  return { participant, name, unit: "Sở Nội vụ", role: "delegate", is_here: true, link: all };
}

const ALL = rowsOf([
  person(1, "Xã Tân Mỹ", { rtt_ms: 30 }),
  person(2, "Đặng Hữu Nghĩa", { downlink_loss: 0.08, rtt_ms: 30 }),
  person(3, "Ấp Bắc", null),
  { ...person(4, "Cẩm Phả", {}), is_here: false },
  person(5, "Xã An Bình", { via: "tcp", rtt_ms: 250 }),
]);

function names(text: string, column: Column, isDescending: boolean): string[] {
  const rows = chosen(ALL, { text, grade: null, order: { column, isDescending } });
  return rows.map((row) => row.name);
}

describe("what a connection is called", () => {
  it.each([
    [{}, "good", "good"],
    [{ via: "tcp" as const }, "fair", "tcp"],
    [{ uplink_loss: 0.02 }, "fair", "loss_up"],
    [{ uplink_loss: 0.05, paused: 3 }, "poor", "loss_up"],
    [{ downlink_loss: 0.2 }, "poor", "loss_down"],
    [{ paused: 3 }, "poor", "paused"],
    [{ rtt_ms: 400 }, "poor", "rtt"],
    [{ rtt_ms: 200 }, "fair", "rtt"],
    [{ jitter_ms: 120 }, "poor", "jitter"],
    [{ waiting_packets: 200 }, "fair", "queue"],
  ])("%o is %s because of %s", (link, grade, reason) => {
    expect(qualityOf(person(1, "A", link))).toMatchObject({ grade, reason });
  });

  it("is no judgement of somebody who is not connected", () => {
    expect(qualityOf(person(1, "A", null)).grade).toBe("none");
    expect(qualityOf({ ...person(1, "A", {}), is_here: false }).grade).toBe("away");
  });
});

it("counts every row once", () => {
  expect(countsOf(ALL)).toEqual({ good: 1, fair: 1, poor: 1, none: 1, away: 1 });
});

it("sorts by a figure, and equal ones by name in either direction", () => {
  expect(names("", "rtt", true)).toEqual(["Xã An Bình", "Đặng Hữu Nghĩa", "Xã Tân Mỹ", "Cẩm Phả", "Ấp Bắc"]);
  expect(names("", "rtt", false).slice(-1)).toEqual(["Xã An Bình"]);
});

it("sorts names as a Vietnamese reader does and the worst connection last or first", () => {
  expect(names("", "name", false)).toEqual([
    "Ấp Bắc",
    "Cẩm Phả",
    "Đặng Hữu Nghĩa",
    "Xã An Bình",
    "Xã Tân Mỹ",
  ]);
  expect(names("", "quality", true)[0]).toBe("Cẩm Phả");
});

it("finds names and units without their marks", () => {
  expect(names("dang huu", "name", false)).toEqual(["Đặng Hữu Nghĩa"]);
  expect(names("so noi vu", "name", false)).toHaveLength(ALL.length);
  expect(names("không có", "name", false)).toEqual([]);
});

it("shows one grade alone", () => {
  const rows = chosen(ALL, { text: "", grade: "poor", order: { column: "name", isDescending: false } });
  expect(rows.map((row) => row.participant)).toEqual([2]);
});

it("turns the order round when its column is pressed again", () => {
  const first = pressed({ column: "name", isDescending: false }, "rtt");
  expect(first).toEqual({ column: "rtt", isDescending: true });
  expect(pressed(first, "rtt").isDescending).toBe(false);
});

it("names each height that is sent once, largest first", () => {
  const stream = (height_px: number) => ({
    source: "camera" as const,
    layer: "h" as const,
    bps: 1,
    height_px,
    loss: 0,
    jitter_ms: 0,
  });
  expect(sentHeights({ ...QUIET, streams: [180, 720, 0, 720].map(stream) })).toBe("720, 180");
});

describe("what the mixer gives up", () => {
  const composed = (ladder_step: number): ProgrammeStatistics => ({
    programme: 4_294_901_760,
    encoders: 1,
    ladder_step,
    pictures: 25,
    decode_us: 0,
    compose_us: 0,
    encode_us: 0,
    waiting_packets: 0,
    late_pictures: 0,
    keyframes_asked: 0,
    keyframes_wanted: 0,
    keyframes_sent: 0,
  });

  it("is nothing while there is room, and the most of any picture otherwise", () => {
    expect(givenUp([])).toBeNull();
    expect(givenUp([composed(0)])).toBeNull();
    expect(givenUp([composed(2), composed(1)])).toBe("fewer");
    expect(givenUp([composed(9)])).toBe("refusing");
  });
});
