/**
 * The meeting and the person's own view of it, for everything inside MeetingPage.
 */
import { createContext, useCallback, useContext } from "react";
import { useStore } from "zustand";
import type { StoreApi } from "zustand/vanilla";
import type { Outcome } from "../../protocol/error-codes";
import type { Meeting } from "../../state/meeting";
import type { MeetingState } from "../../state/meeting-store";
import type { ViewState } from "./view-state";

export interface MeetingScope {
  meeting: Meeting;
  view: StoreApi<ViewState>;
}

export const MeetingContext = createContext<MeetingScope | null>(null);

function useScope(): MeetingScope {
  const scope = useContext(MeetingContext);
  if (!scope) throw new Error("used outside MeetingPage");
  return scope;
}

export function useMeeting(): Meeting {
  return useScope().meeting;
}

export function useMeetingState<T>(select: (state: MeetingState) => T): T {
  return useStore(useScope().meeting.store, select);
}

export function useViewStore(): StoreApi<ViewState> {
  return useScope().view;
}

export function useView<T>(select: (state: ViewState) => T): T {
  return useStore(useScope().view, select);
}

/** Waits for a command; true when it was carried out. The commands themselves tell of refusals. */
export function useRun(): (outcome: Promise<Outcome>) => Promise<boolean> {
  return useCallback(async (outcome) => (await outcome).ok, []);
}
