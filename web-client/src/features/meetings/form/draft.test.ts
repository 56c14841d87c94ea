/** What the form sends, and what it refuses before. */
import { expect, it } from "vitest";
import { draftOf, draftOfTemplate, EMPTY, newItem, seriesOf, toChange, toMeeting } from "./draft";
import { problemsOf, problemsOfRefusal } from "./problems";

const NOW = Date.UTC(2026, 10, 20);
const FULL = { ...EMPTY, title: " Họp giao ban ", day: "2026-11-30", time: "08:00", opensBefore: "30" };

it("sends times of Viet Nam, sites in the order of the tree, and no empty item", () => {
  const agenda = [{ ...newItem(), title: "Khai mạc", minutes: "10" }, newItem()];
  const sent = toMeeting({ ...FULL, agenda, sites: new Set(["b", "a"]) }, ["a", "b", "c"]);
  expect(sent).toMatchObject({
    title: "Họp giao ban",
    starts_ms: Date.UTC(2026, 10, 30, 1),
    opens_ms: Date.UTC(2026, 10, 30, 0, 30),
    agenda: [{ title: "Khai mạc", speakers: "", minutes: 10 }],
    sites: ["a", "b"],
  });
});

it("names each field that is wrong, and a past start only when it was moved there", () => {
  const agenda = [{ ...newItem(), speakers: "Sở Y tế", minutes: "x" }];
  const past = { ...FULL, day: "2026-11-01" };
  const problems = problemsOf(
    { ...past, title: " ", minutes: "0", agenda, series: "week", seriesCount: "1" },
    NOW,
  );
  expect(Object.values(problems).sort()).toEqual(
    [
      "in_the_past",
      "item_minutes_wrong",
      "item_title_missing",
      "minutes_wrong",
      "series_count_wrong",
      "title_missing",
    ].sort(),
  );
  expect(problemsOf(past, NOW, past)).toEqual({});
  expect(problemsOf(EMPTY, NOW).day).toBe("day_missing");
});

it("changes only what was changed", () => {
  const change = toChange({ ...FULL, time: "09:30", note: "Mang theo số liệu" }, FULL, []);
  expect(change).toEqual({
    starts_ms: Date.UTC(2026, 10, 30, 2, 30),
    opens_ms: Date.UTC(2026, 10, 30, 2),
    note: "Mang theo số liệu",
  });
  expect(toChange(FULL, FULL, [])).toEqual({});
});

it("repeats on the same weekday of the month, the fifth being the last", () => {
  expect(seriesOf({ ...FULL, series: "month", seriesCount: "6" })).toEqual({
    every: "month",
    months: 1,
    week: -1,
    day: "mon",
    count: 6,
  });
  expect(seriesOf({ ...FULL, series: "two_weeks" })).toEqual({ every: "week", weeks: 2, count: 8 });
  expect(seriesOf(FULL)).toBeNull();
});

it("takes everything but the time from a template", () => {
  const meeting = {
    title: "Giao ban",
    minutes: 45,
    sites: ["a"],
    agenda: [{ title: "Mở đầu", speakers: "", minutes: 0 }],
  };
  const draft = draftOfTemplate(meeting, { ...EMPTY, day: "2026-12-01" });
  expect(draft).toMatchObject({ title: "Giao ban", minutes: "45", day: "2026-12-01" });
  expect([...draft.sites]).toEqual(["a"]);
});

it("comes back unchanged from what the server keeps", () => {
  const plan = {
    ...{
      id: "x",
      title: "Họp",
      label: "",
      kind: "normal",
      secrecy: "internal",
      waiting_room: true,
      guests: false,
    },
    ...{
      starts_ms: Date.UTC(2026, 10, 30, 1),
      opens_ms: Date.UTC(2026, 10, 30, 0, 45),
      minutes: 60,
      note: "",
    },
    ...{
      state: "planned",
      cancel_reason: "",
      agenda: [],
      sites: [],
      sequence: 0,
      may_edit: true,
      created_by: "",
    },
  } as Parameters<typeof draftOf>[0];
  const draft = draftOf(plan);
  expect([draft.day, draft.time, draft.opensBefore]).toEqual(["2026-11-30", "08:00", "15"]);
  expect(toChange(draft, draftOf(plan), [])).toEqual({});
});

it("puts a refusal of the server at its field", () => {
  expect(problemsOfRefusal({ error: "bad_field", field: "starts_ms" })).toEqual({ day: "server" });
  expect(problemsOfRefusal({ error: "busy", retry_s: 1 })).toEqual({});
});
