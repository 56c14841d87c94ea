/** Vietnamese names: the given name comes last and is what must stay. */
import { expect, it } from "vitest";
import { byVietnamese, initials, shorterForms } from "./names";

it("takes initials from the middle and the given name", () => {
  expect(initials("Ngọ Văn Đại")).toBe("VĐ");
  expect(initials("Nguyễn Thị Ỷ Ậu")).toBe("ỶẬ");
  expect(initials("Minh")).toBe("M");
  expect(initials("  ")).toBe("");
});

it("takes the first sign of a name without letters, whole", () => {
  expect(initials("👩‍🌾 🎉")).toBe("👩‍🌾");
});

it("shortens from the middle and never loses the given name", () => {
  expect(shorterForms("Nguyễn Thị Minh Khuê")).toEqual([
    "Nguyễn Thị Minh Khuê",
    "Nguyễn T. Minh Khuê",
    "Nguyễn T. M. Khuê",
    "Nguyễn Khuê",
  ]);
  expect(shorterForms("Lê Đạt")).toEqual(["Lê Đạt"]);
});

it("leaves out the middle of a place instead of making initials", () => {
  const forms = shorterForms("Sở NN&PTNT Thừa Thiên Huế");
  expect(forms[1]).toBe("Sở NN&PTNT … Thiên Huế");
});

it("joins marks that came apart", () => {
  expect(initials("Ngọ Văn Đại".normalize("NFD"))).toBe("VĐ");
});

it("sorts as Vietnamese readers expect", () => {
  expect(["Đỗ", "Dương", "Ấn", "An"].sort(byVietnamese)).toEqual(["An", "Ấn", "Dương", "Đỗ"]);
});
