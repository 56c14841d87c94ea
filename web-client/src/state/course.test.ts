/** Rules of clocks, queues, sites and the pace of a roll call. */
import { describe, expect, it } from "vitest";
import type { AgendaItemView, ParticipantView, SiteView, TurnView } from "../protocol/generated";
import { fakeSite, NO_COURSE } from "../testing/fake-course";
import { fakePerson } from "../testing/fake-people";
import * as course from "./course";
import { emptyMeeting } from "./meeting-store";

const TURN: TurnView = {
  number: 1,
  participant: 4,
  name: "",
  position: "",
  site: "",
  subject: "",
  since_ms: 1000,
  limit_ms: 300_000,
};

function item(number: number, part: Partial<AgendaItemView> = {}): AgendaItemView {
  return {
    item: number,
    title: "",
    speakers: "",
    minutes: 10,
    took_ms: 0,
    done: false,
    conclusion: "",
    ...part,
  };
}

function sites(...list: Partial<SiteView>[]) {
  return new Map(list.map((part, at) => [fakeSite(at).id, { ...fakeSite(at), ...part }] as const));
}

describe("clocks", () => {
  it.each([
    [222_000, "fine", 0],
    [280_000, "near", 0],
    [300_500, "fine", 500],
    [430_000, "over", 130_000],
    [600_000, "late", 300_000],
  ])("a turn of five minutes after %d ms is %s", (spent, grade, over) => {
    expect(course.turnSpan(TURN, 1000 + spent)).toMatchObject({ spentMs: spent, grade, overMs: over });
  });

  it("counts what an item took before it was opened again", () => {
    expect(course.itemSpan(item(1, { took_ms: 540_000, opened_ms: 0 }), 190_000)).toMatchObject({
      spentMs: 730_000,
      overMs: 130_000,
      grade: "over",
    });
  });

  it("never calls an item without a plan late", () => {
    expect(course.itemSpan(item(1, { minutes: 0, opened_ms: 0 }), 9e9)).toMatchObject({
      grade: "fine",
      share: 0,
    });
  });
});

describe("the agenda", () => {
  it("goes on behind the running item, then with what was left out", () => {
    const agenda = [item(1), item(2, { done: true }), item(3, { opened_ms: 1 }), item(4)];
    expect(course.nextItem(agenda)?.item).toBe(4);
    expect(course.nextItem(agenda.slice(0, 3))?.item).toBe(1);
    expect(course.nextItem([item(1, { opened_ms: 1 })])).toBeUndefined();
  });
});

describe("the queue", () => {
  const people = new Map([1, 2, 3, 4, 13].map((id) => [id, fakePerson(id)] as [number, ParticipantView]));
  const floor = { ...NO_COURSE.floor, speech: [13, 4].map((participant) => ({ participant, subject: "" })) };

  it("passes over who has lost the connection, without taking the place", () => {
    const state = { ...emptyMeeting(), participants: people, floor };
    expect(course.nextUp(state, "speech")).toBe(4);
    expect(course.placesOf(floor, 13)).toEqual({ speech: 1, question: 0 });
  });

  it("tells who never spoke, without those who lead and who speaks", () => {
    const spoken = { ...fakePerson(3), spoken: { turns: 1, total_ms: 9 } };
    expect(course.neverSpoke(new Map(people).set(3, spoken), TURN)).toEqual([13]);
  });
});

describe("sites", () => {
  it("are stood for by whoever is there before whoever is away", () => {
    const at = (id: number, presence: ParticipantView["presence"]) => ({
      ...fakePerson(id),
      presence,
      site: "LN01",
    });
    const away = new Map([[3, at(3, "reconnecting")]]);
    expect(course.holders({ participants: away }).get("LN01")).toBe(3);
    expect(course.holders({ participants: new Map([...away, [5, at(5, "here")]]) }).get("LN01")).toBe(5);
  });

  it("come after the current one, then from the top", () => {
    const all = sites({ due: true }, { due: true }, {}, { due: true });
    const order = [...all.keys()];
    expect(course.dueAfter(order, all, order[1])).toEqual([order[3], order[0]]);
  });

  it("are counted by result", () => {
    const all = sites({ result: "present" }, { result: "no_sound" }, { result: "absent" }, {});
    expect(course.rollCount(all)).toEqual({ all: 4, done: 3, present: 1, faulty: 1, absent: 1 });
  });

  it("have a pace that a pause does not spoil", () => {
    const all = sites({ marked_ms: 0 }, { marked_ms: 4000 }, { marked_ms: 904_000 }, { marked_ms: 908_500 });
    expect(course.pace(all)).toBe(4500);
    expect(course.pace(sites({ marked_ms: 0 }, { marked_ms: 5 }))).toBeNull();
  });
});
