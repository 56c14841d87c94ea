/** The first-use hints: once a browser, in the way of nobody, by keyboard alone, in both languages. */
import { afterEach, describe, expect, it } from "vitest";
import { page, userEvent } from "vitest/browser";
import en from "./i18n/en.json";
import vi from "./i18n/vi.json";
import { closeScene, open, violations } from "./testing/scene";

afterEach(closeScene);

const region = (words: typeof vi) => page.getByRole("region", { name: words.hint.region });

describe("the first-use hints", () => {
  it.each([
    ["vi", vi],
    ["en", en],
  ] as const)("lead from the microphone to the list of shortcuts (%s)", async (language, words) => {
    await open({
      path: "/c/demo",
      language,
      meeting: { participants: 4 },
      settings: { hasSeenHints: false },
    });
    await expect.element(region(words)).toBeVisible();
    expect(document.activeElement).toBe(document.body);
    expect(await violations()).toEqual([]);
    const titles: (string | null)[] = [];
    for (let step = 0; step < 4; step += 1) {
      titles.push(region(words).element().querySelector("strong")?.textContent ?? null);
      const label = step === 3 ? words.hint.done : words.hint.next;
      (region(words).getByRole("button", { name: label }).element() as HTMLElement).focus();
      await userEvent.keyboard("{Enter}");
    }
    expect(titles).toEqual([
      words.hint.microphone_title,
      words.hint.hand_title,
      words.hint.chat_title,
      words.hint.shortcuts_title,
    ]);
    await expect.poll(() => region(words).query()).toBeNull();
  });

  it("go away with Escape, from inside alone", async () => {
    await open({ path: "/c/demo", meeting: { participants: 4 }, settings: { hasSeenHints: false } });
    await userEvent.keyboard("{Escape}");
    await expect.element(region(vi)).toBeVisible();
    (region(vi).getByRole("button", { name: vi.hint.next }).element() as HTMLElement).focus();
    await userEvent.keyboard("{Escape}");
    await expect.poll(() => region(vi).query()).toBeNull();
  });

  it("are not shown to who has seen them", async () => {
    await open({ path: "/c/demo", meeting: { participants: 4 }, settings: { hasSeenHints: true } });
    await expect.element(page.getByRole("button", { name: vi.bar.leave })).toBeVisible();
    expect(region(vi).query()).toBeNull();
  });

  it("cover no button on a laptop, and none of the bars on a phone", async () => {
    for (const [width, height, buttons] of [
      [1366, 768, "button"],
      [390, 844, "header button, section button"],
    ] as const) {
      await open({
        path: "/c/demo",
        width,
        height,
        meeting: { participants: 4 },
        settings: { hasSeenHints: false },
      });
      await expect.element(region(vi)).toBeVisible();
      const card = region(vi).element();
      const covered = [...document.querySelectorAll(buttons)].filter((button) => {
        const { left, top, width, height } = button.getBoundingClientRect();
        const above = document.elementFromPoint(left + width / 2, top + height / 2);
        return !card.contains(button) && card.contains(above);
      });
      expect(covered).toEqual([]);
      closeScene();
    }
  });
});
