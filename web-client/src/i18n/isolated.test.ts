/** Rules of names inside sentences: their direction stays theirs. */
import { expect, it } from "vitest";
import { isolated } from "./isolated";

it("leaves Vietnamese names as they are", () => {
  expect(isolated("Nguyễn Thị Ỷ Ậu")).toBe("Nguyễn Thị Ỷ Ậu");
  expect(isolated("5 < 7 & 8")).toBe("5 < 7 & 8");
});

it("closes in what is written from right to left", () => {
  expect(isolated("محمد علي")).toBe("\u2068محمد علي\u2069");
});

it("takes marks away that would turn the sentence around", () => {
  expect(isolated("Lê \u202eĐạt\u2069")).toBe("Lê Đạt");
});
