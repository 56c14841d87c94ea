/** A sample end report, web-hooks and their deliveries for the fake server. Used by fake-plans.ts alone. */
import type { Delivery, EndReport, Webhook } from "../protocol/generated";
import { fakePerson } from "./fake-people";

const START_MS = Date.UTC(2026, 10, 23, 1);
const MINUTE_MS = 60_000;

export function fakeReport(): EndReport {
  const people = Array.from({ length: 14 }, (_, at) => fakePerson(at + 1));
  return {
    title: "Họp giao ban Ủy ban nhân dân tỉnh tháng 11",
    label: "Nội bộ",
    opened_ms: START_MS,
    ended_ms: START_MS + 95 * MINUTE_MS,
    people: people.map((person, at) => ({
      name: person.name,
      unit: person.unit,
      site: "",
      role: person.role,
      came_ms: START_MS + at * MINUTE_MS,
      left_ms: at === 3 ? null : START_MS + 95 * MINUTE_MS,
      present_ms: (95 - at) * MINUTE_MS,
      breaks: at % 5 === 4 ? 2 : 0,
      turns: at % 3 === 0 ? 2 : 0,
      spoke_ms: at % 3 === 0 ? 342_000 : 0,
    })),
    sites: [
      { id: "so-nn", name: "Sở Nông nghiệp và Môi trường", present_ms: 94 * MINUTE_MS, result: "present" },
      { id: "tan-son", name: "Xã Tân Sơn", present_ms: 40 * MINUTE_MS, result: "no_sound" },
      { id: "hop-thinh", name: "Xã Hợp Thịnh", present_ms: 0, result: "" },
    ],
    floor: [
      {
        at_ms: START_MS + 12 * MINUTE_MS,
        name: "Trần Thị Mai Khuê",
        site: "Xã Tân Sơn",
        spoke_ms: 321_000,
      },
      { at_ms: START_MS + 20 * MINUTE_MS, name: "Lê Quang Đạt", site: "", spoke_ms: 184_000 },
    ],
    agenda: [
      {
        title: "Kinh tế – xã hội tháng 11",
        planned_minutes: 30,
        opened_ms: START_MS,
        closed_ms: START_MS + 32 * MINUTE_MS,
        took_ms: 32 * MINUTE_MS,
      },
      { title: "Kết luận", planned_minutes: 0, opened_ms: null, closed_ms: null, took_ms: 0 },
    ],
    incidents: [
      {
        at_ms: START_MS + 31 * MINUTE_MS,
        what: "connection_lost",
        who: "Xã Tân Sơn",
        lasted_ms: 8_000,
      },
    ],
    acts: [{ at_ms: START_MS + MINUTE_MS, by: "Nguyễn Văn Minh", what: "roll_call_started", on: "" }],
  };
}

/** Of a meeting that nobody has opened. */
export function emptyReport(): EndReport {
  const none = { people: [], sites: [], floor: [], agenda: [], incidents: [], acts: [] };
  return { ...fakeReport(), ...none, opened_ms: null, ended_ms: null };
}

export const FAKE_HOOKS: Webhook[] = [
  {
    id: "h1",
    url: "https://vanban.tinh.gov.vn/api/diem-cau/nhan-tin",
    events: ["meeting.planned", "meeting.changed", "meeting.cancelled"],
    active: true,
    made_ms: START_MS,
  },
  {
    id: "h2",
    url: "http://10.0.3.7:8080/hook",
    events: ["meeting.ended"],
    active: false,
    made_ms: START_MS,
  },
];

export const FAKE_LOG: Delivery[] = [
  { id: "d1", event: "meeting.planned", state: "sent", attempts: 1, said: "200 OK", at_ms: START_MS },
  {
    id: "d2",
    event: "meeting.changed",
    state: "refused",
    attempts: 4,
    said: "503 Service Unavailable",
    at_ms: START_MS,
  },
  {
    id: "d3",
    event: "test",
    state: "waiting",
    attempts: 1,
    said: "connection refused",
    at_ms: START_MS,
    next_ms: START_MS + 60_000,
  },
];
