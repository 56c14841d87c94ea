/**
 * The way to the screens of those who lead. Used by the bar and by "more"; the screens themselves come in a
 * chunk of their own.
 */
import type { StoreApi } from "zustand/vanilla";
import type { Meeting } from "../../state/meeting";
import { type MeetingState, may } from "../../state/meeting-store";
import type { ViewState } from "./view-state";

/** Whoever gives the floor or calls the roll. */
export function mayLead(state: MeetingState): boolean {
  return may("give_floor")(state) || may("call_roll")(state);
}

/** The chair's console, or the roll call for who may not give the floor or while one runs. */
export function openLead({ store }: Meeting, view: StoreApi<ViewState>): void {
  const state = store.getState();
  const isCalling = state.rollCall?.phase === "running" && state.rollCall.current !== undefined;
  view.setState({ screen: isCalling || !may("give_floor")(state) ? "roll_call" : "chair", panel: null });
}
