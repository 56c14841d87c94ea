/** How people are listed and found. */
import { expect, it } from "vitest";
import type { ParticipantView } from "../../../protocol/generated";
import { folded } from "../../../ui/names";
import { inReadingOrder } from "./people-order";

function person(id: number, name: string, role: ParticipantView["role"] = "delegate"): ParticipantView {
  return {
    id,
    name,
    unit: "",
    role,
    presence: "here",
    microphone: false,
    camera: false,
    screen: false,
    muted_by: null,
  };
}

it("lists chair, secretary and oneself before the others by name", () => {
  const people = [
    person(1, "Đặng Hữu Nghĩa"),
    person(2, "Dương Thùy Linh"),
    person(3, "Vũ Ngọc Ánh"),
    person(4, "Trần Thị Mai Khuê", "secretary"),
    person(5, "Hoàng Minh Thắng", "chair"),
  ];
  expect(inReadingOrder(people, 3).map((one) => one.id)).toEqual([5, 4, 3, 2, 1]);
});

it("finds names that are typed without marks", () => {
  expect(folded("Đặng Hữu Nghĩa")).toBe("dang huu nghia");
});
