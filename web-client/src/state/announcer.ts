/**
 * What a screen reader is told: joins, leaves, hands and mutes gathered for two seconds and told as
 * one polite line; only what concerns the person at once is assertive (WCAG 4.1.3). Called by
 * `notices.ts`; the screen puts codes into words in its two live regions.
 */
import { createStore, type StoreApi } from "zustand/vanilla";

/** How long polite announcements are gathered, in ms. */
export const BATCH_MS = 2000;

/** What is announced; `announce.CODE` in the locale files, with `count` and `name`. */
export type AnnouncementCode =
  | "joined"
  | "left"
  | "hand_raised"
  | "chat"
  | "sharing"
  | "waiting"
  | "muted"
  | "unmuted"
  | "connection_lost"
  | "connection_back"
  | "called"
  | "turn_over"
  | "speaks"
  | "on_stage"
  | "item_opened";

export interface Announcement {
  id: number;
  code: AnnouncementCode;
  /** How many of the same kind were gathered. */
  count: number;
  /** Name of the last one. */
  name: string;
}

export interface AnnouncerState {
  /** Lines of the last batch. */
  polite: readonly Announcement[];
  assertive: Announcement | null;
}

export interface Announcer {
  readonly store: StoreApi<AnnouncerState>;
  polite(code: AnnouncementCode, name?: string): void;
  assertive(code: AnnouncementCode, name?: string): void;
}

/** A silent announcer. `later` is the clock. */
export function createAnnouncer(later: (run: () => void, ms: number) => unknown = setTimeout): Announcer {
  const store = createStore<AnnouncerState>(() => ({ polite: [], assertive: null }));
  let lastId = 0;
  let gathered = new Map<AnnouncementCode, { count: number; name: string }>();
  const flush = () => {
    const lines = [...gathered].map(([code, { count, name }]) => {
      lastId += 1;
      return { id: lastId, code, count, name };
    });
    gathered = new Map();
    store.setState({ polite: lines });
  };
  return {
    store,
    polite(code, name = "") {
      if (gathered.size === 0) later(flush, BATCH_MS);
      gathered.set(code, { count: (gathered.get(code)?.count ?? 0) + 1, name });
    },
    assertive(code, name = "") {
      lastId += 1;
      store.setState({ assertive: { id: lastId, code, count: 1, name } });
    },
  };
}
