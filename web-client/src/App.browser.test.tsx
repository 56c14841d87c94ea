/**
 * The pages in a real browser: what axe-core finds on the way (single states: every-state.browser.test.ts),
 * no English left in a Vietnamese page, no sideways scrolling at 320 px.
 */
import { afterEach, describe, expect, it } from "vitest";
import { page, userEvent } from "vitest/browser";
import { closeScene, meeting, open, type Scene, violations } from "./testing/scene";

afterEach(closeScene);

const SCENES: Record<string, Scene> = {
  "home in English": { path: "/", language: "en" },
  "pages of 26": { path: "/c/demo", meeting: { participants: 26 } },
  "meeting in English": { path: "/c/demo", language: "en", meeting: { participants: 5, hands: [1] } },
  "meeting on a phone": { path: "/c/demo", meeting: { participants: 5 }, width: 390, height: 844 },
};

describe("axe finds nothing on", () => {
  it.each(Object.entries(SCENES))("%s", async (_, scene) => {
    await open(scene);
    expect(await violations()).toEqual([]);
  });

  it("the panels of people and chat", async () => {
    await open({ path: "/c/demo", meeting: { participants: 12, hands: [5, 1], waiting: 3, chatLines: 8 } });
    await page.getByRole("button", { name: /^Người dự/ }).click();
    await expect.element(page.getByRole("button", { name: "Cho tất cả vào" })).toBeVisible();
    expect(await violations()).toEqual([]);
    await page.getByRole("tab", { name: /^Trao đổi/ }).click();
    await expect.element(page.getByRole("log")).toBeVisible();
    expect(await violations()).toEqual([]);
  });

  it("the menu of a keeper of the room and the second step of ending", async () => {
    await open({ path: "/c/demo", meeting: { participants: 4 } });
    await page.getByRole("button", { name: "Thêm" }).click();
    await expect.element(page.getByRole("menuitem", { name: "Khóa phòng" })).toBeVisible();
    expect(await violations()).toEqual([]);
    await page.getByRole("menuitem", { name: /Kết thúc cho tất cả/ }).click();
    await expect.element(page.getByRole("alertdialog")).toBeVisible();
    expect(await violations()).toEqual([]);
    await page.getByRole("button", { name: "Kết thúc cho tất cả" }).click();
    expect(meeting()?.called).toContain("endForAll");
  });

  it("the list of shortcuts", async () => {
    await open({ path: "/c/demo", meeting: { participants: 2 } });
    await userEvent.keyboard("{Shift>}?{/Shift}");
    await expect.element(page.getByRole("dialog", { name: "Phím tắt" })).toBeVisible();
    expect(await violations()).toEqual([]);
  });

  it("a broken connection, which keeps the person in the room", async () => {
    await open({ path: "/c/demo", meeting: { participants: 3, hands: [2, 1] } });
    meeting()?.set({ connection: { state: "reconnecting", attempt: 2, sinceMs: Date.now() - 7000 } });
    await expect.element(page.getByRole("button", { name: "Nối lại ngay" })).toBeVisible();
    expect(document.body.textContent).toContain("vị trí thứ 2");
    expect(await violations()).toEqual([]);
  });
});

describe("the components", () => {
  it("speak no English in a Vietnamese page", async () => {
    await open({ path: "/c/demo", meeting: { phase: "idle" } });
    await page.getByRole("button", { name: /Mặc định.*Camera/ }).click();
    await expect.element(page.getByRole("listbox")).toBeVisible();
    expect(spokenWords()).not.toMatch(/\b(Dismiss|Select an item|Clear search|Close|Show|menu)\b/);
  });
});

describe("at 320 px", () => {
  it.each(["/", "/login", "/c/demo"])("%s needs no sideways scrolling", async (path) => {
    await open({ path, server: { person: path === "/login" ? "nobody" : "chair" }, width: 320, height: 640 });
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
  });
});

describe("the keyboard", () => {
  it("talks while space is held and stops when it is let go", async () => {
    await open({ path: "/c/demo", meeting: { participants: 3, you: 3 } });
    await userEvent.keyboard("{ >}");
    await expect.poll(() => meeting()?.store.getState().own.microphone).toBe(true);
    await userEvent.keyboard("{/ }");
    await expect.poll(() => meeting()?.store.getState().own.microphone).toBe(false);
  });

  it("opens the people with Ctrl+Shift+P and leaves them with the same keys", async () => {
    await open({ path: "/c/demo", meeting: { participants: 3 } });
    await userEvent.keyboard("{Control>}{Shift>}p{/Shift}{/Control}");
    await expect.element(page.getByRole("tab", { name: /^Người dự/ })).toBeVisible();
    await userEvent.keyboard("{Control>}{Shift>}p{/Shift}{/Control}");
    await expect.poll(() => document.querySelector("[role=tab]")).toBeNull();
  });
});

/** Everything a screen reader would say: texts and labels. */
function spokenWords(): string {
  const labels = [...document.querySelectorAll("[aria-label]")].map((one) => one.getAttribute("aria-label"));
  return `${document.body.textContent} ${labels.join(" ")}`.replaceAll("English", "");
}
