/**
 * Names and eyes that layouts forget: 120 characters with stacked marks, right to left, emoji; a page
 * at 200 %; no motion; the system's own colours; a clock that is wrong.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cdp, page, userEvent } from "vitest/browser";
import { clockTime } from "./i18n/format";
import vi from "./i18n/vi.json";
import { closeScene, meeting, open, violations } from "./testing/scene";

/** The part of Chromium's protocol that plays what a system prefers. */
interface Emulation {
  send(
    method: "Emulation.setEmulatedMedia",
    wanted: { features: { name: string; value: string }[] },
  ): Promise<unknown>;
}

const prefer = (...features: { name: string; value: string }[]) =>
  (cdp() as unknown as Emulation).send("Emulation.setEmulatedMedia", { features });

afterEach(async () => {
  closeScene();
  await prefer();
});

const STACKED = "Nguyễn Thị Ỷ Ậu Hự̃̂u Ngh̃̂̉ĩa Bí́̂ch Hường Công Tằng Tôn Nữ Thượng Uyển Khuê Ễ́nh Quỳnh Trưởng Ban "
  .repeat(2)
  .slice(0, 120);
const NAMES: Record<string, string> = {
  "120 characters with stacked marks": STACKED,
  "120 characters without a space": "Nguyễn".repeat(20),
  "right to left": "محمد عبد الرحمن بن خالد",
  "emoji alone": "👩‍🌾🎉👨‍👩‍👧‍👦",
  "marks that turn the text around": "Lê \u202eĐạt gnaig nab ỷt",
};

function rename(name: string): void {
  const before = meeting()?.store.getState().participants.get(2);
  if (before === undefined) throw new Error("nobody has number 2");
  meeting()?.apply({ kind: "changed", participant: { ...before, name, unit: name }, by: null });
}

/** Elements with text that stick out of the box that holds them, by so many pixels. */
function sticksOut(inner: Element | null, outer: Element | null): boolean {
  if (inner === null || outer === null) throw new Error("nothing to measure");
  const [a, b] = [inner.getBoundingClientRect(), outer.getBoundingClientRect()];
  return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1;
}

describe("a name of", () => {
  it.each(Object.entries(NAMES))(
    "%s stays in its tile and in the lists, whole in its title",
    async (_, name) => {
      await open({ path: "/c/demo", meeting: { participants: 6, chatLines: 3, hands: [2] } });
      rename(name);
      const plate = () => document.querySelector(`[data-region] [title="${CSS.escape(name)}"]`);
      await expect.poll(plate).not.toBeNull();
      const tile = plate()?.closest("[aria-label]") ?? null;
      expect(sticksOut(plate(), tile)).toBe(false);
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(1366);
      await page.getByRole("button", { name: vi.bar.people, exact: true }).click();
      const panel = () => document.querySelector("aside");
      await expect.poll(() => panel()?.textContent).toContain(name);
      for (const one of panel()?.querySelectorAll(`[title="${CSS.escape(name)}"]`) ?? []) {
        expect(sticksOut(one, one.closest("li"))).toBe(false);
      }
      expect(panel()?.scrollWidth).toBeLessThanOrEqual(panel()?.clientWidth ?? 0);
      expect(await violations()).toEqual([]);
    },
  );

  it.each(Object.entries(NAMES))("%s keeps its direction to itself in chat and notices", async (_, name) => {
    await open({ path: "/c/demo", meeting: { participants: 6, you: 3 } });
    rename(name);
    meeting()?.apply({ kind: "chat", message: { id: 1, from: 2, name, text: name, at_ms: Date.now() } });
    meeting()?.toasts.show("sharing_started", { name });
    await userEvent.keyboard("{Control>}{Shift>}m{/Shift}{/Control}");
    const head = () => document.querySelector(`aside bdi[title="${CSS.escape(name)}"]`);
    await expect.poll(head).not.toBeNull();
    expect(sticksOut(head()?.parentElement ?? null, document.querySelector("aside"))).toBe(false);
    // The words of the sentence after the name stand to its right, whatever the name is written in.
    const toast = [...document.querySelectorAll("strong")].find((one) =>
      one.textContent?.includes("trình bày"),
    );
    const words = toast?.firstChild;
    if (!(words instanceof Text)) throw new Error("no notice");
    const at = words.data.indexOf("bắt đầu");
    expect(words.data.slice(0, at)).not.toMatch(/[\u202a-\u202e]/u);
    const range = document.createRange();
    range.setStart(words, at);
    range.setEnd(words, at + 1);
    const first = range.getBoundingClientRect();
    range.setStart(words, 0);
    range.setEnd(words, at);
    const last = [...range.getClientRects()].filter((box) => Math.abs(box.bottom - first.bottom) < 4);
    for (const box of last) expect(box.left).toBeLessThanOrEqual(first.left + 1);
  });
});

describe("at 200 % of a laptop", () => {
  const ZOOMED = { width: 683, height: 384 };

  it("every control of the meeting is in reach and the title is whole in height", async () => {
    await open({ ...ZOOMED, path: "/c/demo", meeting: { participants: 6 } });
    await expect.element(page.getByRole("button", { name: vi.bar.leave })).toBeVisible();
    for (const one of document.querySelectorAll("section button, header h1")) {
      const { top, bottom, left, right } = one.getBoundingClientRect();
      // The bar has an edge of a pixel, half of which is above its row.
      const isInside = top >= 0 && left >= 0 && bottom < 385 && right <= 683;
      expect(isInside, `${one.outerHTML.slice(0, 200)} at ${top}–${bottom}`).toBe(true);
    }
  });

  it("the dialog of devices can be scrolled to its last switch", async () => {
    await open({ ...ZOOMED, path: "/c/demo", meeting: { participants: 3 } });
    await page.getByRole("button", { name: vi.bar.more, exact: true }).click();
    await page.getByRole("menuitem", { name: vi.devices_dialog.title }).click();
    for (const label of [vi.effect.noise, vi.devices_dialog.title]) {
      const element = page.getByRole("dialog").getByText(label, { exact: true }).element();
      element.scrollIntoView({ block: "center" });
      const { left, top, height } = element.getBoundingClientRect();
      expect(element.contains(document.elementFromPoint(left + 4, top + height / 2))).toBe(true);
    }
  });

  it.each([
    ["the lobby", { path: "/c/demo", meeting: { phase: "idle" as const } }],
    ["the own account", { path: "/account" }],
    ["the page of today", { path: "/" }],
    ["the list of meetings", { path: "/meetings", server: { person: "secretary" } }],
    ["the form of a meeting", { path: "/meetings/new", server: { person: "secretary" } }],
    ["a planned meeting", { path: "/meetings/hop-0", server: { person: "secretary" } }],
    ["the end report", { path: "/meetings/hop-0/report", server: { person: "secretary" } }],
    ["the web-hooks", { path: "/admin/webhooks", server: { person: "administrator" } }],
    ["the link of a mail", { path: "/tra-loi/9f2c", server: { person: "nobody" } }],
  ])("%s scrolls up and down alone, and every control can be reached", async (_, scene) => {
    await open({ ...ZOOMED, ...scene });
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(683);
    for (const control of document.querySelectorAll("button, input, a[href]")) {
      if (control.getClientRects().length === 0 || control.closest("[aria-hidden]")) continue;
      control.scrollIntoView({ block: "center" });
      const { top, bottom, left, right } = control.getBoundingClientRect();
      expect([bottom > 0, top < 384, right > 0, left < 683]).toEqual([true, true, true, true]);
    }
  });
});

describe("without motion", () => {
  beforeEach(() => prefer({ name: "prefers-reduced-motion", value: "reduce" }));

  it("nothing moves when hints, dialogs and panels appear", async () => {
    await open({ path: "/c/demo", meeting: { participants: 4 }, settings: { hasSeenHints: false } });
    await userEvent.keyboard("{Control>}{Shift>}p{/Shift}{/Control}");
    await userEvent.keyboard("{Shift>}?{/Shift}");
    await expect.element(page.getByRole("dialog")).toBeVisible();
    const moving = document.getAnimations().filter((one) => {
      const { duration, iterations } = one.effect?.getComputedTiming() ?? {};
      return Number(duration) > 0 && Number(iterations) > 0;
    });
    expect(moving.map((one) => (one.effect as KeyframeEffect).target)).toEqual([]);
  });
});

describe("in the system's own colours", () => {
  beforeEach(() => prefer({ name: "forced-colors", value: "active" }));

  it("switches, bar buttons and tiles keep an edge, and on differs from off", async () => {
    await open({ path: "/c/demo", meeting: { participants: 4 } });
    const pill = document.querySelector("[data-look=rest] > span, [data-look=rest] span");
    expect(getComputedStyle(pill as Element).borderTopWidth).not.toBe("0px");
    await page.getByRole("button", { name: vi.bar.more, exact: true }).click();
    await page.getByRole("menuitem", { name: vi.devices_dialog.title }).click();
    const track = () => {
      const label = page.getByText(vi.effect.blur, { exact: true }).element().closest("label");
      const last = label?.querySelector("span[aria-hidden]:last-child") ?? null;
      if (last === null) throw new Error("the switch has no track");
      return getComputedStyle(last);
    };
    expect(track().borderTopWidth).not.toBe("0px");
    const off = track().backgroundColor;
    await page.getByText(vi.effect.blur, { exact: true }).click();
    await expect.poll(() => track().backgroundColor).not.toBe(off);
  });
});

describe("a clock that is ten minutes slow", () => {
  it("does not change the meeting's time nor how long somebody has waited", async () => {
    await open({ path: "/c/demo", meeting: { participants: 3, waiting: 1 } });
    const serverMs = () => Date.now() + 600_000;
    const waiting = meeting()
      ?.store.getState()
      .waiting.map((one) => ({ ...one, since_ms: serverMs() - 5000 }));
    meeting()?.set({ clockOffsetMs: 600_000, waiting: waiting ?? [] });
    const clock = () => document.querySelector("header time")?.textContent;
    await expect.poll(clock).toBe(clockTime(serverMs()));
    await page.getByRole("button", { name: vi.bar.people }).first().click();
    await expect
      .poll(() => document.querySelector("aside")?.textContent)
      .toMatch(/\b(0:0|00:0)?[5-9] ?(giây|s)|0?0:0[5-9]/u);
  });
});
