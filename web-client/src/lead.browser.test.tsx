/** The screens of those who lead: every act by one press or one key, said in words, nothing for axe. */
import { afterEach, describe, expect, it } from "vitest";
import { page, userEvent } from "vitest/browser";
import vi from "./i18n/vi.json";
import { closeScene, meeting, open, violations } from "./testing/scene";

afterEach(closeScene);

const TURN = { turn: { participant: 7 }, speech: [4, 3, 6], question: [8], agenda: { done: 3, agoS: 2830 } };

function button(name: string | RegExp) {
  return page.getByRole("button", { name, exact: typeof name === "string" });
}

/** The switch between the screens is a choice of one. */
function screen(name: string) {
  return page.getByRole("radio", { name, exact: true });
}

async function openLead(options: NonNullable<Parameters<typeof open>[0]["meeting"]>) {
  await open({ path: "/c/demo", meeting: options });
  await button(vi.bar.lead).click();
  await expect.element(button(vi.chair.back)).toBeVisible();
}

const state = () => meeting()?.store.getState();

describe("the chair's console", () => {
  it("is one press away and one press back", async () => {
    await openLead({ participants: 9, course: TURN });
    await expect.element(page.getByRole("heading", { name: "Vũ Đình Thắng" })).toBeVisible();
    await button(vi.chair.back).click();
    await expect.element(button(vi.bar.leave)).toBeVisible();
  });

  it("gives the floor by one press and one command", async () => {
    await openLead({ participants: 9, course: TURN });
    await button(vi.chair.grant).click();
    await expect.poll(() => state()?.floor.turn?.participant).toBe(4);
    expect(meeting()?.called).toEqual(["grant_floor"]);
    expect(state()?.participants.get(4)?.microphone).toBe(true);
  });

  it("orders the queue without dragging", async () => {
    await openLead({ participants: 9, course: TURN });
    const names = () => state()?.floor.speech.map((request) => request.participant);
    await button(/^Đưa Trần Thị Mai Khuê lên/u).click();
    await expect.poll(names).toEqual([3, 4, 6]);
    await button(/^Đưa Trần Thị Mai Khuê xuống/u).click();
    await expect.poll(names).toEqual([4, 3, 6]);
  });

  it("says over-time in figures and words", async () => {
    await openLead({ participants: 9, course: { ...TURN, turn: { participant: 7, agoS: 430 } } });
    await expect.element(page.getByText(/^\+02:1\d quá giờ$/u).first()).toBeVisible();
  });

  it("takes a mute of all back from the same place, but not by a double click", async () => {
    await openLead({ participants: 9, course: TURN });
    await button(vi.chair.mute_all).click();
    const undo = button(/^Hoàn tác tắt mic 4 điểm/u);
    await expect.element(undo).toBeVisible();
    (undo.element() as HTMLElement).click();
    expect(meeting()?.called).toEqual(["muteAll"]);
    await expect.poll(() => undo.element().textContent, { timeout: 5000 }).toContain("7 s");
    await undo.click();
    await expect.poll(() => meeting()?.called).toEqual(["muteAll", "undo_mute"]);
    await expect.element(button(vi.chair.mute_all)).toBeVisible();
  });

  it("asks a second time only before ending for all", async () => {
    await openLead({ participants: 9, course: TURN });
    await page.getByRole("button", { name: vi.chair.floor_only }).click();
    await expect.poll(() => state()?.conference?.microphones).toBe("floor");
    await page.getByRole("button", { name: vi.chair.close_list }).click();
    await expect.element(page.getByText(vi.chair.list_closed)).toBeVisible();
    expect(page.getByRole("alertdialog").elements()).toEqual([]);
    await button(vi.chair.end).click();
    await expect.element(page.getByRole("alertdialog")).toBeVisible();
    expect(state()?.phase).toBe("in");
  });

  it("goes on with the agenda and keeps the conclusion", async () => {
    await openLead({ participants: 9, course: TURN });
    await button(vi.chair.conclusion).click();
    await page.getByLabelText(vi.chair.conclusion_label).fill("Giao Sở Y tế chủ trì.");
    await button(vi.chair.conclusion_save).click();
    await expect.poll(() => state()?.agenda[3]?.conclusion).toBe("Giao Sở Y tế chủ trì.");
    await button(vi.chair.next_item).click();
    await expect.poll(() => state()?.agenda[4]?.opened_ms).toBeGreaterThan(0);
  });

  it("sets the layout for all by its picture", async () => {
    await openLead({ participants: 9, course: TURN });
    await button(vi.bar.layout).click();
    await page.getByRole("radio", { name: vi.chair.layout_two }).click({ force: true });
    await button(vi.chair.stage_save).click();
    await expect.poll(() => state()?.stage.layout).toBe("two");
  });

  it("writes another caption under a site of the composed picture, and gives the name back", async () => {
    await openLead({ participants: 12, course: { ...TURN, sites: 277 } });
    const site = () => state()?.sites.get(state()?.siteOrder[140] ?? "");
    const name = site()?.name ?? "none";
    const openCaptions = async () => {
      await button(vi.layout.composed).click();
      await page.getByText(vi.picture.captions).click();
    };
    await openCaptions();
    await page.getByLabelText(vi.picture.caption_search).fill(name);
    await page.getByRole("textbox", { name, exact: true }).fill("Hội trường Tỉnh ủy");
    expect(await violations()).toEqual([]);
    await button(vi.chair.stage_save).click();
    await expect.poll(() => site()?.caption).toBe("Hội trường Tỉnh ủy");
    await openCaptions();
    await button(vi.picture.caption_reset.replace("{{name}}", name)).click();
    await button(vi.chair.stage_save).click();
    await expect.poll(() => site()?.caption).toBe("");
    expect(meeting()?.called.filter((one) => one === "set_caption")).toHaveLength(2);
  });

  it("stands on a window of 683 px, as at 200 % zoom, without scrolling sideways", async () => {
    await open({ path: "/c/demo", width: 683, height: 700, meeting: { participants: 9, course: TURN } });
    await button(vi.bar.more).click();
    await page.getByRole("menuitem", { name: vi.more.lead }).click();
    await expect.element(button(vi.chair.grant)).toBeVisible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(683);
    expect(await violations()).toEqual([]);
  });
});

/** Whether the row of this site lies wholly inside the part of its list that is seen. */
function isInSight(site: string | undefined): boolean {
  const row = document.querySelector(`ol [data-site="${site}"]`)?.getBoundingClientRect();
  const list = document.querySelector("ol:has([data-site])")?.getBoundingClientRect();
  return row !== undefined && list !== undefined && row.top >= list.top && row.bottom <= list.bottom;
}

it("keeps the site of a patrol in sight in the list of all", async () => {
  await openLead({ participants: 12, course: { sites: 277, patrol: { everybody: true, at: 140 } } });
  await screen(vi.chair.screen_sites).click();
  await expect.poll(() => isInSight(state()?.patrol?.site ?? "none")).toBe(true);
});

describe("the roll call", () => {
  const ROLL = { participants: 12, course: { sites: 12 } };

  async function openRoll(options: Parameters<typeof openLead>[0]) {
    await openLead(options);
    await screen(vi.chair.screen_roll_call).click();
  }

  it("walks every site by keyboard alone", async () => {
    await openRoll(ROLL);
    await button(vi.roll.start).click();
    for (let site = 0; site < 12; site += 1) {
      const current = state()?.rollCall?.current;
      await userEvent.keyboard(site === 2 ? "2" : site === 11 ? "4" : "1");
      await expect.poll(() => state()?.rollCall?.current).not.toBe(current);
    }
    await expect.element(page.getByRole("heading", { name: vi.roll.over_title })).toBeVisible();
    const results = [...(state()?.sites.values() ?? [])].map((site) => site.result);
    expect(results.filter((result) => result === "present")).toHaveLength(10);
    expect([results[2], results[11]]).toEqual(["no_sound", "absent"]);
    await expect.element(button(/^Gọi lại 2 điểm chưa đạt/u)).toHaveFocus();
    await userEvent.keyboard("{Enter}");
    await expect.poll(() => state()?.rollCall?.walk).toBe(2);
  });

  it("keeps the called site in sight in the list of all", async () => {
    await openRoll({ participants: 12, course: { sites: 277, rollCall: "running", called: 140 } });
    await expect.poll(() => isInSight(state()?.rollCall?.current)).toBe(true);
  });

  it("leaves a site for later with the space bar and comes back to it at the end", async () => {
    await openRoll({ participants: 5, course: { sites: 3 } });
    await button(vi.roll.start).click();
    const [first] = state()?.siteOrder ?? [];
    (document.activeElement as HTMLElement | null)?.blur();
    await userEvent.keyboard(" ");
    await expect.poll(() => state()?.rollCall?.current).toBe(state()?.siteOrder[1]);
    expect(state()?.own.microphone).toBe(true);
    await userEvent.keyboard("1");
    await expect.poll(() => state()?.rollCall?.current).toBe(state()?.siteOrder[2]);
    await userEvent.keyboard("1");
    await expect.poll(() => state()?.rollCall?.current).toBe(first);
  });

  it("says its keys in the list of all keys, to those who may call it", async () => {
    await openRoll(ROLL);
    await userEvent.keyboard("{Shift>}?{/Shift}");
    await expect.element(page.getByRole("dialog")).toHaveTextContent(vi.roll.pause_or_resume);
    closeScene();
    await open({ path: "/c/demo", meeting: { participants: 5, you: 4 } });
    await expect.element(button(vi.bar.leave)).toBeVisible();
    await userEvent.keyboard("{Shift>}?{/Shift}");
    await expect.element(page.getByRole("dialog")).toBeVisible();
    expect(page.getByText(vi.roll.pause_or_resume).elements()).toEqual([]);
  });

  it("takes digits in a field as figures, and sends them with the result", async () => {
    await openRoll(ROLL);
    await button(vi.roll.start).click();
    const [first] = state()?.siteOrder ?? [];
    await expect.element(page.getByText(vi.roll.next_two)).toBeVisible();
    (document.activeElement as HTMLElement | null)?.blur();
    await userEvent.keyboard("s");
    await userEvent.keyboard("12");
    expect(meeting()?.called).toEqual(["start_roll_call"]);
    await userEvent.keyboard("{Enter}");
    await userEvent.keyboard("1");
    await expect.poll(() => state()?.sites.get(first ?? "")?.people).toBe(12);
  });

  it("gives a key that is pressed the moment a site is seen to that site", async () => {
    await openRoll(ROLL);
    await button(vi.roll.start).click();
    await expect.poll(() => state()?.rollCall?.current).toBeDefined();
    const [first, second] = state()?.siteOrder ?? [];
    const name = vi.roll.current.replace("{{name}}", state()?.sites.get(second ?? "")?.name ?? "");
    // Told right behind the change of the page, before anything else of it runs.
    const watch = new MutationObserver(() => {
      if (document.querySelector(`section[aria-label="${name}"]`) === null) return;
      watch.disconnect();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { code: "Digit2", bubbles: true }));
    });
    watch.observe(document, { subtree: true, childList: true, attributes: true });
    await userEvent.keyboard("1");
    await expect.poll(() => state()?.sites.get(second ?? "")?.result).toBe("no_sound");
    expect(state()?.sites.get(first ?? "")?.result).toBe("present");
  });

  it("draws only what changed among 277 sites", async () => {
    await openRoll({ participants: 60, course: { sites: 277, called: 40, rollCall: "running" } });
    await expect.poll(() => document.querySelectorAll("li[data-site]").length).toBe(277);
    const touched = new Set<Element>();
    const watch = new MutationObserver((records) => {
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        const row = element?.closest("li[data-site]");
        if (row) touched.add(row);
      }
    });
    const list = document.querySelector("ol:has(> li[data-site])");
    watch.observe(list ?? document, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
    const current = state()?.rollCall?.current;
    await userEvent.keyboard("1");
    await expect.poll(() => state()?.rollCall?.current).not.toBe(current);
    await expect.poll(() => touched.size).toBe(2);
    watch.disconnect();
  });
});

describe("the sheets", () => {
  it("come as files under names of their own", async () => {
    await openLead({ participants: 5, course: { sites: 3, called: 1, rollCall: "running" } });
    await screen(vi.chair.screen_roll_call).click();
    const saved: string[] = [];
    const click = HTMLAnchorElement.prototype.click;
    HTMLAnchorElement.prototype.click = function keep() {
      saved.push(this.download);
    };
    try {
      for (const at of [0, 4]) {
        await button(vi.roll.sheet).click();
        await expect.element(page.getByRole("menuitem").nth(5)).toBeVisible();
        await page.getByRole("menuitem").nth(at).click();
      }
      await expect.poll(() => saved).toEqual(["diem-danh-demo.pdf", "du-hop-demo.xlsx"]);
    } finally {
      HTMLAnchorElement.prototype.click = click;
    }
  });
});

describe("the deputy", () => {
  it("is named from the list of people, and said there", async () => {
    await open({ path: "/c/demo", meeting: { participants: 5 } });
    await page.getByRole("button", { name: vi.bar.people }).first().click();
    await button(/^Thao tác với Trần Thị Mai Khuê/u)
      .first()
      .click();
    await page.getByRole("menuitem", { name: vi.deputy.name }).click();
    await expect.poll(() => state()?.conference?.deputy).toBe(3);
    await expect.element(page.getByText(vi.deputy.is)).toBeVisible();
  });

  it("is told while the chair is lost when the lead passes, and to everybody who leads then", async () => {
    await open({ path: "/c/demo", meeting: { participants: 5, you: 4 } });
    await expect.element(button(vi.bar.leave)).toBeVisible();
    const info = state()?.conference;
    if (!info) throw new Error("no conference");
    const lost = { ...info, presiding: 1, deputy: 3, takes_over_ms: Date.now() + 12_000 };
    meeting()?.apply({ kind: "conference", info: lost, by: null });
    await expect.element(page.getByText(vi.deputy.chair_lost)).toBeVisible();
    const { takes_over_ms: _, ...now } = lost;
    meeting()?.apply({ kind: "conference", info: { ...now, presiding: 3 }, by: null });
    await expect.element(page.getByText(/đang điều hành cuộc họp/u)).toBeVisible();
    expect(page.getByText(vi.deputy.chair_lost).elements()).toEqual([]);
  });
});

describe("viewing the sites", () => {
  it("shows a site to those who lead before it goes on the stage", async () => {
    await openLead({ participants: 12, course: { sites: 20 } });
    await screen(vi.chair.screen_sites).click();
    await expect.element(page.getByText(vi.sites.private, { exact: true })).toBeVisible();
    expect(state()?.stage.of).toBe("nobody");
    await button(vi.sites.put_up).click();
    await expect.poll(() => state()?.stage.pictures).toEqual([3]);
    await expect.element(page.getByText(vi.roll.shown)).toBeVisible();
  });

  it("views them in turn at the chosen pace, and calls the absent", async () => {
    await openLead({ participants: 12, course: { sites: 20 } });
    await screen(vi.chair.screen_sites).click();
    await button(vi.sites.start).click();
    await expect.poll(() => state()?.patrol?.stay_ms).toBe(10_000);
    const [first] = [state()?.patrol?.site];
    await button(vi.sites.next).click();
    await expect.poll(() => state()?.patrol?.site).not.toBe(first);
    await button(vi.sites.stop).click();
    await expect.poll(() => state()?.patrol).toBeNull();
    await button(/^Gọi 10 điểm chưa vào/u).click();
    await expect
      .poll(() => [...(state()?.sites.values() ?? [])].filter((site) => site.called_ms).length)
      .toBe(10);
  });
});
