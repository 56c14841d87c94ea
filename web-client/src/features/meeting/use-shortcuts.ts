/**
 * Listens to the keyboard while a meeting is on screen and carries out the catalogue's shortcuts.
 */
import { useEffect } from "react";
import type { StoreApi } from "zustand/vanilla";
import type { Meeting } from "../../state/meeting";
import { isOwnHandUp } from "../../state/meeting-store";
import { useMeeting, useViewStore } from "./meeting-context";
import { type ShortcutId, shortcutOf } from "./shortcuts";
import { toggleLayout, togglePanel, type ViewState } from "./view-state";

export function useShortcuts(areOn: boolean): void {
  const meeting = useMeeting();
  const view = useViewStore();
  useEffect(() => {
    if (!areOn) return;
    const onDown = (event: KeyboardEvent) => {
      const id = shortcutOf(event, isTextField(event.target));
      if (id === null || isDialogOpen()) return;
      // In the roll call the space bar means "later", and layouts are not on the screen.
      const isOnStage = view.getState().screen === "stage";
      if (!isOnStage && (id === "push_to_talk" || id === "layout")) return;
      if (id === "push_to_talk" && isChosenByKeyboard(event.target)) return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) act(id, meeting, view);
    };
    const onUp = (event: KeyboardEvent) => {
      if (event.code === "Space" && view.getState().isTalkKeyDown) {
        event.preventDefault();
        event.stopPropagation();
        endTalking(meeting, view);
      }
    };
    const onBlur = () => endTalking(meeting, view);
    window.addEventListener("keydown", onDown, true);
    window.addEventListener("keyup", onUp, true);
    window.addEventListener("blur", onBlur);
    return () => {
      window.removeEventListener("keydown", onDown, true);
      window.removeEventListener("keyup", onUp, true);
      window.removeEventListener("blur", onBlur);
      endTalking(meeting, view);
    };
  }, [areOn, meeting, view]);
}

function act(id: ShortcutId, meeting: Meeting, view: StoreApi<ViewState>): void {
  const { commands, store } = meeting;
  switch (id) {
    case "microphone":
      void commands.toggleMicrophone();
      return;
    case "camera":
      void commands.toggleCamera();
      return;
    case "hand":
      void (isOwnHandUp(store.getState()) ? commands.lowerHand() : commands.raiseHand());
      return;
    case "people":
    case "chat":
      togglePanel(view, id);
      return;
    case "layout":
      toggleLayout(view);
      return;
    case "help":
      view.setState({ dialog: "shortcuts" });
      return;
    case "regions":
      focusNextRegion();
      return;
    case "push_to_talk":
      if (store.getState().own.microphone) return;
      view.setState({ isTalkKeyDown: true });
      void commands.toggleMicrophone();
  }
}

function endTalking(meeting: Meeting, view: StoreApi<ViewState>): void {
  if (!view.getState().isTalkKeyDown) return;
  view.setState({ isTalkKeyDown: false });
  if (meeting.store.getState().own.microphone) void meeting.commands.toggleMicrophone();
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input, textarea, select, [contenteditable=true]");
}

/** Somebody who walks by keyboard presses buttons with Space; after a mouse press Space means talk. */
function isChosenByKeyboard(target: EventTarget | null): boolean {
  if (!(target instanceof Element) || target === document.body) return false;
  return target.matches("[data-focus-visible], a:focus-visible, [role=option], [role=menuitem], [role=tab]");
}

function isDialogOpen(): boolean {
  return document.querySelector("[role=dialog], [role=alertdialog], [role=menu]") !== null;
}

/** F6 walks strip, stage, panel and bar. */
function focusNextRegion(): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")];
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + 1) % regions.length];
  if (!next) return;
  const inner = next.querySelector<HTMLElement>("button:not([disabled]), input, textarea, a[href]");
  (inner ?? next).focus();
}
