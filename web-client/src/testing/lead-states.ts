/**
 * The states of the screens of those who lead, by name. Used by meeting-states.ts alone.
 */
import type { Arrangements } from "../protocol/generated";
import { type CourseOptions, fakeSiteId } from "./fake-course";
import type { FakeMeetingOptions } from "./fake-meeting";
import type { Stage } from "./stage";
import type { PageState } from "./states";

const PHONE_PX = 700;
const TURNED_PHONE_PX = 480;

/** Everything at once: a turn, both queues, an agenda that is late. */
const BUSY: CourseOptions = {
  turn: { participant: 7 },
  speech: [5, 8, 3, 10, 12],
  question: [4, 6],
  agenda: { done: 3, agoS: 2830 },
  sites: 277,
};
const SPEAKING = { participants: 14, course: BUSY, speakers: [7] };

async function openLead(stage: Stage): Promise<void> {
  await stage.see("bar.leave");
  if (window.innerWidth <= PHONE_PX || window.innerHeight <= TURNED_PHONE_PX) {
    await stage.press("bar.more");
    await stage.press("more.lead");
  } else await stage.press("bar.lead");
  await stage.see("chair.back");
  letGoOfFocus();
}

/** The words of the button that was pressed would float over the page. */
function letGoOfFocus(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

function lead(
  meeting: FakeMeetingOptions,
  screen?: "roll_call" | "sites",
  play?: PageState["play"],
): PageState {
  return {
    scene: { path: "/c/demo", meeting },
    play: async (stage) => {
      await openLead(stage);
      if (screen) await stage.press(`chair.screen_${screen}`);
      letGoOfFocus();
      await play?.(stage);
    },
  };
}

function roll(course: CourseOptions, play?: PageState["play"]): PageState {
  return lead({ participants: 26, speakers: [16], course: { sites: 277, ...course } }, "roll_call", play);
}

const PICTURES: Arrangements = {
  for_all: {
    tiling: "one_and_five",
    seats: [
      { seat: 0, shows: "site", site: fakeSiteId(1) },
      { seat: 2, shows: "queue" },
    ],
  },
  groups: [{ sites: [fakeSiteId(3)], arrangement: { tiling: "grid3", seats: [] } }],
};

export const LEAD_STATES: Record<string, PageState> = {
  "chair console": lead(SPEAKING),
  "chair console, nobody speaks": lead({ participants: 5 }),
  "chair console, over time": lead({
    ...SPEAKING,
    course: { ...BUSY, turn: { participant: 7, agoS: 430 }, isListClosed: true },
  }),
  "chair console, muted all": lead(SPEAKING, undefined, async (stage) => {
    await stage.press("chair.mute_all");
    await stage.see("chair.undo_mute_other");
  }),
  "chair console, layout for all": lead(SPEAKING, undefined, async (stage) => {
    await stage.press("bar.layout");
    await stage.see("chair.stage_free");
  }),
  "chair console, composed picture": lead(
    { participants: 26, course: { sites: 277, pictures: PICTURES } },
    undefined,
    async (stage) => {
      await stage.press("layout.composed");
      await stage.see("picture.seats");
    },
  ),
  "chair console, captions under the sites": lead(
    { participants: 26, course: { sites: 277 } },
    undefined,
    async (stage) => {
      await stage.press("layout.composed");
      await stage.press("picture.captions");
      await stage.fill("picture.caption_search", "xã t");
      await stage.see("picture.captions_help");
    },
  ),
  "chair console, composed picture follows the stage": lead(SPEAKING, undefined, async (stage) => {
    await stage.press("layout.composed");
    await stage.see("picture.automatic_help");
  }),
  "chair console, conclusion": lead(SPEAKING, undefined, async (stage) => {
    await stage.press("chair.conclusion");
    await stage.see("chair.conclusion_label");
  }),
  "chair console, agenda": lead({ participants: 5 }, undefined, async (stage) => {
    await stage.press("chair.agenda_make");
    await stage.see("chair.agenda_help");
  }),
  "chair console, never spoke": lead(SPEAKING, undefined, (stage) => stage.press("chair.silent")),
  "roll call, before": roll({}),
  "roll call, running": roll({ called: 13, rollCall: "running" }),
  "roll call, site is absent": roll({ called: 160, rollCall: "running" }),
  "roll call, paused": roll({ called: 12, rollCall: "paused" }),
  "roll call, over": roll({ rollCall: "finished" }),
  "roll call without sites": lead({ participants: 5 }, "roll_call"),
  "sites, private view": lead({ participants: 26, course: { sites: 277 } }, "sites"),
  "sites, viewed in turn": lead(
    { participants: 26, course: { sites: 277, patrol: { everybody: true, at: 5 } } },
    "sites",
  ),
};
