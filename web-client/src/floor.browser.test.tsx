/** The floor and the stage as everybody else meets them. */
import { afterEach, describe, expect, it } from "vitest";
import { page } from "vitest/browser";
import vi from "./i18n/vi.json";
import { closeScene, meeting, open, violations } from "./testing/scene";

afterEach(closeScene);

function button(name: string | RegExp) {
  return page.getByRole("button", { name, exact: typeof name === "string" });
}

const state = () => meeting()?.store.getState();

describe("asking for the floor", () => {
  it("takes a subject, to speak or to question, and tells the own place", async () => {
    await open({ path: "/c/demo", meeting: { participants: 9, you: 4, course: { speech: [6, 3] } } });
    await button(vi.bar.agenda).click();
    await page.getByLabelText(vi.floor.subject).fill("Kinh phí phòng dịch");
    await button(vi.floor.ask_question).click();
    await expect.element(page.getByText(/Đồng chí đứng thứ 1 trong danh sách chất vấn/u)).toBeVisible();
    expect(state()?.floor.question).toMatchObject([{ participant: 4, subject: "Kinh phí phòng dịch" }]);
    await button(vi.floor.ask_speech).click();
    await expect
      .element(page.getByRole("status").getByText(/Đồng chí đứng thứ 3 trong danh sách phát biểu/u))
      .toBeVisible();
    await button(vi.floor.withdraw).first().click();
    await expect.poll(() => state()?.floor.speech.length).toBe(2);
    expect(await violations()).toEqual([]);
  });

  it("says a subject after the hand is up, and that other words cost the place", async () => {
    await open({ path: "/c/demo", meeting: { participants: 9, you: 4, course: { speech: [4, 6] } } });
    await button(vi.bar.agenda).click();
    await button(vi.floor.say_other).click();
    await expect.element(page.getByText(vi.floor.to_the_end)).toBeVisible();
    await page.getByLabelText(vi.floor.subject_new).fill("Kinh phí phòng dịch");
    await button(vi.floor.ask_again).click();
    await expect.element(page.getByText("Nội dung: Kinh phí phòng dịch")).toBeVisible();
    expect(state()?.floor.speech.map((one) => one.participant)).toEqual([6, 4]);
    await button(vi.floor.ask_question).click();
    await expect.element(page.getByText(vi.floor.said_nothing)).toBeVisible();
    await button(vi.floor.say).click();
    // The last of a queue loses nothing.
    await expect.element(button(vi.floor.send_words)).toBeVisible();
    expect(page.getByText(vi.floor.to_the_end).elements()).toEqual([]);
    expect(await violations()).toEqual([]);
  });

  it("is not offered when the chair has closed the list", async () => {
    await open({ path: "/c/demo", meeting: { participants: 9, you: 4, course: { isListClosed: true } } });
    await button(vi.bar.agenda).click();
    await expect.element(page.getByText(vi.floor.closed)).toBeVisible();
    expect(button(vi.floor.ask_speech).elements()).toEqual([]);
  });
});

describe("somebody's turn", () => {
  it("shows name, position, site and time under the pictures", async () => {
    await open({
      path: "/c/demo",
      meeting: { participants: 9, you: 4, course: { turn: { participant: 7 } } },
    });
    const strip = page.getByRole("region", { name: vi.floor.now });
    await expect.element(strip).toHaveTextContent("Vũ Đình Thắng");
    await expect.element(strip).toHaveTextContent("Chủ tịch UBND xã Hợp Thịnh – UBND xã Tân Sơn");
    await expect.element(strip.getByRole("timer")).toHaveTextContent(/03:4\d/u);
    await expect.element(page.getByRole("article", { name: "Vũ Đình Thắng" })).toBeVisible();
  });

  it("offers the own microphone to whoever is called with it off, and the end of the turn", async () => {
    await open({
      path: "/c/demo",
      meeting: { participants: 9, you: 6, course: { turn: { participant: 6 } } },
    });
    await expect.element(page.getByText(vi.floor.yours)).toBeVisible();
    await button(vi.floor.turn_mic_on).click();
    await expect.poll(() => state()?.own.microphone).toBe(true);
    await button(vi.floor.end).click();
    await expect.poll(() => state()?.floor.turn).toBeNull();
  });
});

describe("the stage set for all", () => {
  const TWO = { layout: "two", pictures: [3, 4], free: true } as const;
  const tiles = () => document.querySelectorAll("main article").length;

  it("is followed, and left and joined again where that is allowed", async () => {
    await open({ path: "/c/demo", meeting: { participants: 9, you: 6, course: { stage: TWO } } });
    await expect.poll(tiles).toBe(2);
    await button(vi.stage_set.look).click();
    await expect.poll(tiles).toBe(9);
    await button(vi.stage_set.follow).click();
    await expect.poll(tiles).toBe(2);
  });

  it("cannot be left where it is not allowed", async () => {
    await open({
      path: "/c/demo",
      meeting: { participants: 9, you: 6, course: { stage: { ...TWO, free: false } } },
    });
    await expect.poll(tiles).toBe(2);
    expect(button(vi.stage_set.look).elements()).toEqual([]);
  });
});

it.each([
  ["internal", "Nội bộ"],
  ["state_secret", "Nội bộ"],
] as const)("shows the label of a meeting that is %s", async (secrecy, words) => {
  await open({ path: "/c/demo", meeting: { participants: 3, course: { secrecy } } });
  await expect.element(page.getByRole("banner").getByText(words)).toBeVisible();
});
