/**
 * What one person has on the screen of a meeting: layout, panel, pin, page, dialogs. Nobody else
 * knows of it. No React.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { ParticipantId } from "../../protocol/generated";
import { type LinkCare, NO_CARE } from "./link-care";

export type Layout = "grid" | "speaker";
export type Panel = "people" | "chat" | "agenda";
/** What fills the window: the pictures, or one of the screens of those who lead. */
export type Screen = "stage" | "chair" | "roll_call" | "sites";

export interface ViewState {
  screen: Screen;
  /** Shows what is set for all; else what the person chooses, where that is allowed. */
  isFollowing: boolean;
  layout: Layout;
  /** One picture that the server has composed instead of single ones. */
  isComposed: boolean;
  /** The open side panel. */
  panel: Panel | null;
  pinned: ParticipantId | null;
  /** Page of the grid, from 0. */
  page: number;
  dialog: "shortcuts" | "devices" | "end" | "stage" | "picture" | "agenda" | "conclusion" | "live" | null;
  /** To whose device the person is about to give the floor, with another name. */
  granting: ParticipantId | null;
  /** Whom the person is about to remove. */
  removing: ParticipantId | null;
  /** Highest chat message that was on screen. */
  readChatId: number;
  isTalkKeyDown: boolean;
  /** The shared screen fills the window. */
  isContentLarge: boolean;
  /** What is done about a weak link. */
  care: LinkCare;
  /** The meeting is also shown in a small window that stays on top. */
  isMini: boolean;
}

export function createViewState(isComposed: boolean): StoreApi<ViewState> {
  return createStore<ViewState>(() => ({
    screen: "stage",
    isFollowing: true,
    layout: "grid",
    isComposed,
    panel: null,
    pinned: null,
    page: 0,
    dialog: null,
    granting: null,
    removing: null,
    readChatId: 0,
    isTalkKeyDown: false,
    isContentLarge: false,
    care: NO_CARE,
    isMini: false,
  }));
}

/** Opens `panel`, or closes it when it is open. */
export function togglePanel(view: StoreApi<ViewState>, panel: Panel): void {
  view.setState((state) => ({ panel: state.panel === panel ? null : panel }));
}

export function toggleLayout(view: StoreApi<ViewState>): void {
  view.setState((state) => ({
    layout: state.layout === "grid" ? "speaker" : "grid",
    page: 0,
    isFollowing: false,
    isComposed: false,
  }));
}

/** Pins `id`, which also gives it the large place, or lets it go. */
export function togglePin(view: StoreApi<ViewState>, id: ParticipantId): void {
  view.setState((state) =>
    state.pinned === id
      ? { pinned: null }
      : { pinned: id, layout: "speaker", isFollowing: false, isComposed: false },
  );
}
