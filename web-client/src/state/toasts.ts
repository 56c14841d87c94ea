/**
 * Short notes to the person: codes and facts, put into words by the screen. At most two are shown;
 * the log keeps the last 100. Called by `notices.ts` and by screens; knows no text and no React.
 */
import { createStore, type StoreApi } from "zustand/vanilla";

/** Most toasts on the screen at once; older ones give way. */
export const MAX_TOASTS = 2;
/** Most lines in the log. */
export const MAX_TOAST_LOG = 100;
/** How long a toast that is no error stays, in ms. */
export const TOAST_MS = 6000;

/** What a toast says; `toast.CODE` in the locale files. */
export type ToastCode =
  | "muted_by"
  | "hand_lowered_by"
  | "role_changed"
  | "locked_by"
  | "unlocked_by"
  | "door_opened_by"
  | "waiting_room_on"
  | "waiting_room_off"
  | "sharing_started"
  | "sharing_stopped"
  | "device_lost"
  | "device_error"
  | "effect_off"
  | "refused"
  | "reconnected"
  | "somebody_waits"
  | "muted_all"
  | "turn_over"
  | "leads_now"
  | "you_lead"
  | "link_copied";

export interface Toast {
  id: number;
  code: ToastCode;
  /** Facts for the sentence: `name`, `count`, `error` (a refusal or device code). */
  facts: Readonly<Record<string, string | number>>;
  /** Errors stay until dismissed. */
  tone: "note" | "error";
  atMs: number;
}

export interface ToastState {
  shown: readonly Toast[];
  log: readonly Toast[];
}

export interface Toasts {
  readonly store: StoreApi<ToastState>;
  show(code: ToastCode, facts?: Toast["facts"], tone?: Toast["tone"]): void;
  dismiss(id: number): void;
}

/** An empty pile of toasts. `now` and `later` are the clock. */
export function createToasts(
  now: () => number = Date.now,
  later: (run: () => void, ms: number) => unknown = setTimeout,
): Toasts {
  const store = createStore<ToastState>(() => ({ shown: [], log: [] }));
  let lastId = 0;
  const dismiss = (id: number) => {
    store.setState((state) => ({ shown: state.shown.filter((toast) => toast.id !== id) }));
  };
  return {
    store,
    dismiss,
    show(code, facts = {}, tone = "note") {
      lastId += 1;
      const toast: Toast = { id: lastId, code, facts, tone, atMs: now() };
      store.setState((state) => ({
        // The same note again replaces the old one instead of filling the screen.
        shown: [...state.shown.filter((old) => old.code !== code), toast].slice(-MAX_TOASTS),
        log: [...state.log, toast].slice(-MAX_TOAST_LOG),
      }));
      if (tone === "note") later(() => dismiss(toast.id), TOAST_MS);
    },
  };
}
