/**
 * Which participant stands where on the stage: pure order, pages and tile geometry.
 *
 * Called by the stage on every change of people, pins, speakers or size. Knows no clock (time comes
 * as `nowMs`), no DOM and no React. What it must never do: move a pinned or a speaking tile because
 * somebody came, or change the order more often than every `REORDER_MS`.
 */
import type { ParticipantId } from "../../protocol/generated";

/** Most live pictures on one page (5 × 5). */
export const MAX_TILES = 25;
/** Tiles in the front row beside content or under the speaker. */
export const FRONT_ROW_TILES = 5;
/** The order of tiles changes at most this often, in ms. */
export const REORDER_MS = 2000;
/** A tile narrower than this shows too little of a person; more pages are better, in px. */
export const MIN_TILE_WIDTH_PX = 200;

export interface Arrangement {
  /** Everyone, in the order of the tiles; `null` is a place kept free until the next change. */
  order: readonly (ParticipantId | null)[];
  /** When the order last changed. */
  changedMs: number;
  /** The participant in the large place of the speaker layout; null when nobody is there. */
  stage: ParticipantId | null;
  /** When the large place last changed hands. */
  stageChangedMs: number;
}

export interface Attending {
  /** In order of arrival. */
  people: readonly ParticipantId[];
  self: ParticipantId | null;
  chairs: readonly ParticipantId[];
  pinned: ParticipantId | null;
  /** Loudest first. */
  speaking: readonly ParticipantId[];
  nowMs: number;
}

/** An empty stage. */
export function noArrangement(): Arrangement {
  return {
    order: [],
    changedMs: Number.NEGATIVE_INFINITY,
    stage: null,
    stageChangedMs: Number.NEGATIVE_INFINITY,
  };
}

/**
 * The next arrangement. Who left makes room at once only if nobody stands behind that place;
 * otherwise the place is taken by the newcomer or closed at the next permitted change.
 */
export function arrange(previous: Arrangement, attending: Attending): Arrangement {
  const { order, changedMs } = nextOrder(previous, attending);
  const { stage, stageChangedMs } = nextStage(previous, attending);
  const isSame =
    stage === previous.stage &&
    order.length === previous.order.length &&
    order.every((id, at) => id === previous.order[at]);
  // The same object again spares the screen a drawing.
  return isSame ? previous : { order, changedMs, stage, stageChangedMs };
}

function nextOrder(previous: Arrangement, attending: Attending) {
  const { people, nowMs } = attending;
  if (previous.order.length === 0) {
    return { order: firstOrder(attending), changedMs: nowMs };
  }
  const present = new Set(people);
  const kept = previous.order.map((id) => (id !== null && present.has(id) ? id : null));
  const known = new Set(kept);
  const newcomers = people.filter((id) => !known.has(id));
  const wasChanged = newcomers.length > 0 || kept.some((id, at) => id !== previous.order[at]);
  if (!wasChanged && !kept.includes(null)) return previous;
  // Newcomers take the places of those who left, so that nobody else has to move.
  const filled: (ParticipantId | null)[] = kept.map((id) => id ?? newcomers.shift() ?? null);
  const grown = [...filled, ...newcomers];
  while (grown.length > 0 && grown[grown.length - 1] === null) grown.pop();
  const isDue = nowMs - previous.changedMs >= REORDER_MS;
  if (isDue && grown.includes(null)) {
    return { order: closeGaps(grown, attending), changedMs: nowMs };
  }
  return {
    order: grown,
    changedMs: wasChanged && kept.length > 0 && isDue ? nowMs : previous.changedMs,
  };
}

/** Chairs first, then arrivals, oneself last on a full first page: people come to see others. */
function firstOrder({ people, self, chairs }: Attending): readonly ParticipantId[] {
  const leading = people.filter((id) => chairs.includes(id) && id !== self);
  const others = people.filter((id) => !leading.includes(id) && id !== self);
  const own = self !== null && people.includes(self) ? [self] : [];
  const all = [...leading, ...others];
  return [...all.slice(0, MAX_TILES - 1), ...own, ...all.slice(MAX_TILES - 1)];
}

/**
 * Fills each gap with the last tile that may move. Pinned and speaking tiles stay; everyone between
 * stays too, so that one person leaving moves one tile.
 */
function closeGaps(
  order: readonly (ParticipantId | null)[],
  { pinned, speaking }: Attending,
): readonly (ParticipantId | null)[] {
  const closed = [...order];
  for (let gap = closed.indexOf(null); gap >= 0; gap = closed.indexOf(null, gap + 1)) {
    let last = closed.length - 1;
    while (last > gap) {
      const id = closed[last];
      if (id !== null && id !== undefined && id !== pinned && !speaking.includes(id)) break;
      last -= 1;
    }
    if (last <= gap) continue;
    closed[gap] = closed[last] ?? null;
    closed.splice(last, 1);
  }
  while (closed.length > 0 && closed[closed.length - 1] === null) closed.pop();
  return closed;
}

function nextStage(previous: Arrangement, attending: Attending) {
  const { people, self, chairs, pinned, speaking, nowMs } = attending;
  const keep = { stage: previous.stage, stageChangedMs: previous.stageChangedMs };
  if (pinned !== null && people.includes(pinned)) {
    return previous.stage === pinned ? keep : { stage: pinned, stageChangedMs: nowMs };
  }
  const isThere = previous.stage !== null && people.includes(previous.stage);
  const isTalking = isThere && previous.stage !== null && speaking.includes(previous.stage);
  const wanted =
    speaking.find((id) => id !== self && people.includes(id)) ??
    (isThere && previous.stage !== self ? previous.stage : null) ??
    chairs.find((id) => id !== self && people.includes(id)) ??
    people.find((id) => id !== self) ??
    people[0] ??
    null;
  if (wanted === previous.stage) return keep;
  // Who speaks keeps the large place while speaking; a change waits until the last one has settled.
  const mayChange = !isThere || (!isTalking && nowMs - previous.stageChangedMs >= REORDER_MS);
  return mayChange ? { stage: wanted, stageChangedMs: nowMs } : keep;
}

/**
 * Who stands in the row beside the large picture: whoever is pinned, chairs and voices come first,
 * but somebody who is in the row already keeps the same place in it.
 */
export function frontRow(
  previous: readonly ParticipantId[],
  attending: Attending & { stage: ParticipantId | null; places: number },
): readonly ParticipantId[] {
  const { people, self, chairs, speaking, stage, places } = attending;
  const candidates = people.filter((id) => id !== stage);
  const wished = unique([
    ...chairs.filter((id) => candidates.includes(id)),
    ...speaking.filter((id) => candidates.includes(id)),
    ...previous.filter((id) => candidates.includes(id)),
    ...candidates.filter((id) => id !== self),
  ]).filter((id) => id !== self);
  const own = self !== null && candidates.includes(self) ? [self] : [];
  const chosen = [...wished.slice(0, Math.max(0, places - own.length)), ...own].slice(0, places);
  const row: (ParticipantId | null)[] = Array.from({ length: chosen.length }, () => null);
  const waiting: ParticipantId[] = [];
  for (const id of chosen) {
    const at = previous.indexOf(id);
    if (at >= 0 && at < row.length) row[at] = id;
    else waiting.push(id);
  }
  return row.map((id) => id ?? waiting.shift()).filter((id) => id !== undefined);
}

export interface Grid {
  columns: number;
  rows: number;
  tileWidth: number;
  tileHeight: number;
}

/** The largest 16:9 tiles for `count` people in a box, all measures in px. */
export function gridFor(count: number, width: number, height: number, gap: number): Grid {
  let best: Grid = { columns: 1, rows: Math.max(1, count), tileWidth: 0, tileHeight: 0 };
  for (let columns = 1; columns <= Math.max(1, Math.min(count, 5)); columns += 1) {
    const rows = Math.ceil(Math.max(1, count) / columns);
    const byWidth = (width - gap * (columns - 1)) / columns;
    const byHeight = ((height - gap * (rows - 1)) / rows) * (16 / 9);
    const tileWidth = Math.max(0, Math.floor(Math.min(byWidth, byHeight)));
    if (tileWidth > best.tileWidth) {
      best = { columns, rows, tileWidth, tileHeight: Math.floor((tileWidth * 9) / 16) };
    }
  }
  return best;
}

/** How many tiles a page holds, so that none is narrower than `MIN_TILE_WIDTH_PX` if avoidable. */
export function tilesPerPage(count: number, width: number, height: number, gap: number): number {
  const minimum = Math.min(MIN_TILE_WIDTH_PX, Math.floor((width - gap) / 2));
  for (let tiles = Math.min(count, MAX_TILES); tiles > 1; tiles -= 1) {
    const grid = gridFor(tiles, width, height, gap);
    if (grid.tileWidth >= minimum) return fullPage(tiles, count, grid);
  }
  return 1;
}

export interface Page {
  at: number;
  pages: number;
  /** 1-based numbers of the first and last person shown. */
  from: number;
  to: number;
  people: readonly (ParticipantId | null)[];
}

/** Page `wanted` (from 0) of the order, held within what exists. */
export function pageOf(order: readonly (ParticipantId | null)[], perPage: number, wanted: number): Page {
  const size = Math.max(1, perPage);
  const pages = Math.max(1, Math.ceil(order.length / size));
  const at = Math.min(Math.max(0, wanted), pages - 1);
  const people = order.slice(at * size, at * size + size);
  return { at, pages, from: at * size + 1, to: at * size + people.length, people };
}

/** With more than one page, whole rows look calmer than a last row with one tile in it. */
function fullPage(tiles: number, count: number, grid: Grid): number {
  return count > tiles
    ? Math.max(grid.columns, Math.min(tiles, grid.columns * Math.floor(tiles / grid.columns)))
    : tiles;
}

function unique(ids: readonly ParticipantId[]): ParticipantId[] {
  return [...new Set(ids)];
}
