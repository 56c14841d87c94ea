/** Rules of the stage that is set for all, as one viewer sees it. */
import { expect, it } from "vitest";
import type { ConferenceInfo, Role, StageView } from "../../protocol/generated";
import { emptyMeeting, type MeetingState } from "../../state/meeting-store";
import { NO_COURSE, NO_COURSE_INFO } from "../../testing/fake-course";
import { fakePerson } from "../../testing/fake-people";
import { stageShape, visiblePeople } from "./stage-set";

const FLOOR: Partial<StageView> = { of: "floor", pictures: [4, 3] };

function seen(
  stage: Partial<StageView>,
  role: Role = "delegate",
  info: Partial<ConferenceInfo> = {},
): MeetingState {
  const people = [1, 2, 3, 4, 5].map(fakePerson);
  return {
    ...emptyMeeting(),
    you: { participant: 5, role, may: role === "chair" ? ["mute"] : [] },
    conference: {
      id: "demo",
      title: "",
      label: "",
      locked: false,
      waiting_room: false,
      ended: false,
      presiding: 1,
      ...NO_COURSE_INFO,
      ...info,
    },
    participants: new Map(people.map((person) => [person.id, person])),
    order: people.map((person) => person.id),
    stage: { ...NO_COURSE.stage, ...stage },
  };
}

it("leaves the layout to the viewer while nothing is set", () => {
  expect(stageShape(seen({}), true, false)).toEqual({ kind: "own" });
  expect(stageShape(seen({}), true, true)).toEqual({ kind: "content" });
});

it("shows whoever has the floor large, and content before that", () => {
  expect(stageShape(seen(FLOOR), true, false)).toEqual({ kind: "speaker", large: 4 });
  expect(stageShape(seen(FLOOR), true, true)).toEqual({ kind: "content" });
});

it("shows a called site alone even while somebody shares a screen", () => {
  const called = { layout: "one", of: "roll_call", pictures: [3] } as const;
  expect(stageShape(seen({ ...called, pictures: [3] }), true, true)).toEqual({
    kind: "pictures",
    pictures: [3],
  });
});

it("lets look around only where that is allowed", () => {
  const two: Partial<StageView> = { layout: "two", of: "chosen", pictures: [3, 4] };
  expect(stageShape(seen(two), false, false)).toEqual({ kind: "own" });
  const fixed = { ...two, free: false };
  expect(stageShape(seen(fixed), false, false)).toEqual({ kind: "pictures", pictures: [3, 4] });
  expect(stageShape(seen(fixed, "chair"), false, false)).toEqual({ kind: "own" });
  expect(stageShape(seen(two, "listener", { kind: "lecture" }), false, false).kind).toBe("pictures");
});

it("offers nobody whose picture would not come", () => {
  const fixed: Partial<StageView> = { layout: "two", of: "chosen", pictures: [3, 4], free: false };
  expect(visiblePeople(seen(fixed))).toEqual([1, 3, 4, 5]);
  expect(visiblePeople(seen({ ...fixed, layout: "gallery" }))).toEqual([1, 2, 3, 4, 5]);
  expect(visiblePeople(seen({ ...fixed, layout: "gallery" }, "listener", { kind: "lecture" }))).toEqual([
    1, 3, 4, 5,
  ]);
  expect(visiblePeople(seen({ ...fixed, free: true }))).toEqual([1, 2, 3, 4, 5]);
});

it("forgets who has left", () => {
  expect(stageShape(seen({ of: "floor", pictures: [9] }), true, false)).toEqual({
    kind: "pictures",
    pictures: [],
  });
});
