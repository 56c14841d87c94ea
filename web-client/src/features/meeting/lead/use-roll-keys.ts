/**
 * Listens to the keys of the roll call while a site is called. As every shortcut they can be switched off;
 * the buttons stay.
 */
import { useEffect, useEffectEvent } from "react";
import { useStore } from "zustand";
import type { SettingsStore } from "../../../state/settings-store";
import { type RollAct, rollActOf } from "./roll-keys";

export function useRollKeys(settings: SettingsStore, onAct: (act: RollAct) => void): void {
  const areOn = useStore(settings.store, (state) => state.areShortcutsOn);
  const onDown = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target instanceof Element ? event.target : null;
    const isTyping = target?.matches("input, textarea, select, [contenteditable=true]") ?? false;
    if (isTyping && event.code === "Escape" && target instanceof HTMLElement) target.blur();
    const act = rollActOf(event, isTyping);
    if (act === null || document.querySelector("[role=dialog], [role=alertdialog], [role=menu]") !== null)
      return;
    // Who walks by Tab presses buttons with Space and moves in lists with arrows.
    const isOnControl = target?.matches("button:focus-visible, [data-focus-visible]") ?? false;
    if (isOnControl && (act.act === "next" || act.act === "back")) return;
    event.preventDefault();
    if (!event.repeat) onAct(act);
  });
  useEffect(() => {
    if (!areOn) return;
    window.addEventListener("keydown", onDown);
    return () => window.removeEventListener("keydown", onDown);
  }, [areOn]);
}
