/**
 * The states of somebody inside a meeting, by name. Used by states.ts alone.
 */

import type { ComposedStanding } from "../protocol/generated";
import type { FakeMeetingOptions } from "./fake-meeting";
import { LEAD_STATES } from "./lead-states";
import type { Scene, Stage } from "./stage";
import type { PageState } from "./states";

function room(meeting: FakeMeetingOptions): Scene {
  return { path: "/c/demo", meeting };
}

/** Narrow screens keep the panels behind "more". */
async function panel(stage: Stage, key: "bar.people" | "bar.chat" | "bar.agenda"): Promise<void> {
  await stage.see("bar.leave");
  if (isNarrow()) await stage.press("bar.more");
  await stage.press(key);
  letGoOfFocus();
}

/** Menus of the bar fold into "more". */
function isNarrow(): boolean {
  return window.innerWidth < PHONE_PX || window.innerHeight < TURNED_PHONE_PX;
}

/** The words of the button that was pressed would float over the bar. */
function letGoOfFocus(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
const PHONE_PX = 700;
const TURNED_PHONE_PX = 500;

function broken(seconds: number, attempt: number): PageState {
  return {
    scene: room({ participants: 4, hands: [2, 1] }),
    play: async (stage) => {
      await stage.see("bar.leave");
      const sinceMs = Date.now() - seconds * 1000;
      stage.meeting()?.set({ connection: { state: "reconnecting", attempt, sinceMs } });
    },
  };
}

/** Somebody has taken the composed picture, and it stands so. */
function composed(standing: ComposedStanding): PageState {
  return {
    scene: { ...room({ participants: 9, you: 4, course: LIVE }), settings: { takesComposed: true } },
    play: async (stage) => {
      await stage.see("bar.leave");
      const meeting = stage.meeting();
      if (standing === "shown") meeting?.showComposed();
      meeting?.set({ composed: standing });
      if (standing !== "shown") await stage.see(`composed.${standing}`);
    },
  };
}

const LIVE = { turn: { participant: 7 }, agenda: { done: 3, agoS: 2830 } };
const BUSY = { participants: 12, hands: [5, 1], waiting: 3, chatLines: 14, speakers: [4] };

export const MEETING_STATES: Record<string, PageState> = {
  "meeting, alone": { scene: room({ participants: 1 }) },
  "meeting of two": { scene: room({ participants: 2, speakers: [2] }) },
  "meeting of nine": { scene: room({ participants: 9, hands: [3, 1], speakers: [4] }) },
  "meeting of 25": { scene: room({ participants: 25, speakers: [7] }) },
  "meeting of 277": { scene: room({ participants: 277, hands: [31, 12], speakers: [4] }) },
  "meeting, speaker large": {
    scene: room({ participants: 9, speakers: [4] }),
    play: async (stage) => {
      await stage.see("bar.leave");
      document.body.dispatchEvent(
        new KeyboardEvent("keydown", {
          code: "KeyL",
          key: "L",
          ctrlKey: true,
          shiftKey: true,
          bubbles: true,
        }),
      );
    },
  },
  "meeting, shared screen": { scene: room({ participants: 9, screenFrom: 4, speakers: [4] }) },
  "meeting, sharing oneself": { scene: room({ participants: 5, screenFrom: 1 }) },
  "meeting of a delegate": { scene: room({ participants: 7, you: 4, hands: [4], speakers: [1] }) },
  "meeting of a listener": { scene: room({ participants: 9, you: 9, speakers: [1] }) },
  "meeting, people": { scene: room(BUSY), play: (stage) => panel(stage, "bar.people") },
  "meeting, chat": { scene: room(BUSY), play: (stage) => panel(stage, "bar.chat") },
  "meeting, empty chat": { scene: room({ participants: 4 }), play: (stage) => panel(stage, "bar.chat") },
  "meeting, screen and chat": {
    scene: room({ ...BUSY, screenFrom: 4 }),
    play: (stage) => panel(stage, "bar.chat"),
  },
  "meeting, more": { scene: room({ participants: 4 }), play: (stage) => stage.press("bar.more") },
  "meeting, ending for all": {
    scene: room({ participants: 4 }),
    play: async (stage) => {
      await stage.press("bar.more");
      await stage.press("more.end_for_all");
      await stage.see("more.end_title");
    },
  },
  "meeting, devices": {
    scene: room({ participants: 4 }),
    play: async (stage) => {
      await stage.press("bar.more");
      await stage.press("more.devices");
      await stage.see("effect.blur_help");
    },
  },
  "meeting, shortcuts": {
    scene: room({ participants: 4 }),
    play: async (stage) => {
      await stage.press("bar.more");
      await stage.press("more.shortcuts");
      await stage.see("shortcuts.enabled_help");
    },
  },
  "meeting, hints": { scene: { ...room({ participants: 4 }), settings: { hasSeenHints: false } } },
  "meeting before the time": { scene: room({ participants: 3, opensMs: Date.now() + 600_000 }) },
  "meeting, sound blocked": {
    scene: room({ participants: 4 }),
    play: async (stage) => {
      await stage.see("bar.leave");
      stage.meeting()?.set({ isSoundBlocked: true });
    },
  },
  "meeting, muted by the chair": {
    scene: room({ participants: 4, you: 4 }),
    play: async (stage) => {
      await stage.see("bar.leave");
      stage.meeting()?.toasts.show("muted_by", { name: "Nguyễn Thị Hường" }, "error");
      stage.meeting()?.toasts.show("device_lost", { device: "camera", error: "device_lost" }, "error");
    },
  },
  "meeting, speaking while muted": {
    scene: room({ participants: 4, you: 3 }),
    play: (stage) => stage.see("bar.muted_hint"),
  },
  "meeting, poor link": {
    scene: room({ participants: 4 }),
    play: async (stage) => {
      await stage.see("bar.leave");
      stage.meeting()?.set({ link: { rttMs: 90, uplinkLoss: 0.01, downlinkLoss: 0.12 } });
      await stage.see("weak.downlink");
    },
  },
  "meeting, sound alone": {
    scene: room({ participants: 4 }),
    play: async (stage) => {
      await stage.press("bar.more");
      await stage.press("more.saving_on");
      await stage.see("weak.pictures_back");
      letGoOfFocus();
    },
  },
  "meeting, somebody has the floor": {
    scene: room({ participants: 9, you: 4, course: { ...LIVE, speech: [4, 6] } }),
  },
  "meeting, own turn": {
    scene: room({ participants: 9, you: 5, course: { ...LIVE, turn: { participant: 5 } } }),
  },
  "meeting, stage of two for all": {
    scene: room({
      participants: 9,
      you: 6,
      course: { secrecy: "restricted", stage: { layout: "two", pictures: [3, 4], free: true } },
    }),
  },
  "meeting, own site is called": {
    scene: room({ participants: 12, you: 7, course: { sites: 10, called: 4, rollCall: "running" } }),
  },
  "meeting, agenda": {
    scene: room({ participants: 9, you: 4, course: { ...LIVE, speech: [6, 4], question: [3] } }),
    play: (stage) => panel(stage, "bar.agenda"),
  },
  "meeting, empty agenda": {
    scene: room({ participants: 4, you: 4 }),
    play: (stage) => panel(stage, "bar.agenda"),
  },
  "meeting, composed picture": composed("shown"),
  "meeting, composed picture is made": composed("making"),
  "meeting, composed picture lost": composed("lost"),
  "meeting, composed picture refused": composed("too_many"),
  "meeting, choosing the composed picture": {
    scene: room({ participants: 9, you: 4 }),
    play: async (stage) => {
      await stage.see("bar.leave");
      await stage.press(isNarrow() ? "bar.more" : "bar.layout");
      await stage.see("layout.composed_note");
    },
  },
  ...LEAD_STATES,
  "meeting, reconnecting": broken(7, 2),
  "meeting, long without a line": broken(22, 6),
};
