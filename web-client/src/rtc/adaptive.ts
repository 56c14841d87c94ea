/**
 * From what the window really shows to what is wished for: size on the glass and visibility of each
 * tile become the list of pictures of `watch`. Screens register tiles; `media-session.ts` sends the
 * list. At most one list per 100 ms, and only when it changed.
 */
import { MAX_WISHES, type ParticipantId, type Source, type Wish } from "../protocol/generated";

/** Shortest time between two lists, in ms: a window being resized changes at every frame. */
export const DEBOUNCE_MS = 100;
/** A tile that was scrolled away is fetched for so much longer, in ms: it often comes back. */
export const HIDDEN_TILE_MS = 2000;
/** The same for the whole page, in ms. */
export const HIDDEN_PAGE_MS = 5000;
/** More physical pixels than twice the CSS size cannot be told apart at a desk. */
const MAX_PIXEL_RATIO = 2;
/** Heights are rounded up to this, in px, so that small changes of the window change nothing. */
const HEIGHT_STEP_PX = 20;
const MAX_HEIGHT_PX = 4320;
const ASPECT = 16 / 9;

/** One tile as the window shows it; sizes in CSS pixels. */
export interface ShownTile {
  participant: ParticipantId;
  source: Extract<Source, "camera" | "screen">;
  width: number;
  height: number;
  /** 0 grid, 1 speaker, 2 stage or pinned. */
  importance: number;
}

/** Height in physical pixels at which the picture of `tile` is drawn. */
export function drawnHeight(tile: ShownTile, pixelRatio: number): number {
  const byWidth = tile.width / ASPECT;
  // A camera fills its tile (cut at the edges), a shared screen fits into it (bars at the edges).
  const css = tile.source === "camera" ? Math.max(tile.height, byWidth) : Math.min(tile.height, byWidth);
  const physical = css * Math.min(pixelRatio, MAX_PIXEL_RATIO);
  const rounded = Math.ceil(physical / HEIGHT_STEP_PX) * HEIGHT_STEP_PX;
  return Math.min(MAX_HEIGHT_PX, Math.max(HEIGHT_STEP_PX, rounded));
}

/** The complete list of wishes for these tiles: most important first, at most 28. */
export function wishesOf(tiles: readonly ShownTile[], pixelRatio: number): Wish[] {
  const largest = new Map<string, { wish: Wish; importance: number }>();
  for (const tile of tiles) {
    if (tile.width < 1 || tile.height < 1) continue;
    const key = `${tile.participant}:${tile.source}`;
    const height_px = drawnHeight(tile, pixelRatio);
    const known = largest.get(key);
    largest.set(key, {
      wish: {
        participant: tile.participant,
        source: tile.source,
        height_px: Math.max(height_px, known?.wish.height_px ?? 0),
      },
      importance: Math.max(tile.importance, known?.importance ?? 0),
    });
  }
  return [...largest.values()]
    .sort(
      (left, right) =>
        right.importance - left.importance ||
        right.wish.height_px - left.wish.height_px ||
        left.wish.participant - right.wish.participant,
    )
    .slice(0, MAX_WISHES)
    .map(({ wish }) => wish);
}

/** Whether two lists say the same. */
export function sameWishes(left: readonly Wish[], right: readonly Wish[]): boolean {
  return (
    left.length === right.length &&
    left.every((wish, index) => {
      const other = right[index];
      return (
        other !== undefined &&
        wish.participant === other.participant &&
        wish.source === other.source &&
        wish.height_px === other.height_px
      );
    })
  );
}

interface Watched extends ShownTile {
  isVisible: boolean;
  /** `Date.now()` when it went out of sight. */
  hiddenSinceMs: number;
}

/** Watches tiles in the page and calls back with the newest list. */
export class TileWatch {
  readonly #tiles = new Map<Element, Watched>();
  readonly #onWishes: (wishes: Wish[]) => void;
  readonly #sizes: ResizeObserver;
  readonly #sight: IntersectionObserver;
  #wishes: Wish[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #toldMs = 0;
  #pageHiddenSinceMs = 0;

  constructor(onWishes: (wishes: Wish[]) => void) {
    this.#onWishes = onWishes;
    this.#sizes = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) this.#resized(target, contentRect);
    });
    this.#sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) this.#sighted(target, isIntersecting);
    });
    document.addEventListener("visibilitychange", this.#onPageSight);
    // A page that came up unseen, in a tab behind others, has no pictures to lose and gets no event.
    if (document.visibilityState === "hidden") this.#pageHiddenSinceMs = Date.now() - HIDDEN_PAGE_MS;
  }

  /** The newest list. */
  get wishes(): Wish[] {
    return this.#wishes;
  }

  watch(element: Element, tile: Omit<ShownTile, "width" | "height">): () => void {
    const { width, height } = element.getBoundingClientRect();
    this.#tiles.set(element, { ...tile, width, height, isVisible: true, hiddenSinceMs: 0 });
    this.#sizes.observe(element);
    this.#sight.observe(element);
    this.#soon();
    return () => {
      this.#tiles.delete(element);
      this.#sizes.unobserve(element);
      this.#sight.unobserve(element);
      this.#soon();
    };
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#sizes.disconnect();
    this.#sight.disconnect();
    this.#tiles.clear();
    document.removeEventListener("visibilitychange", this.#onPageSight);
  }

  #resized(element: Element, { width, height }: DOMRectReadOnly): void {
    const tile = this.#tiles.get(element);
    if (tile === undefined) return;
    tile.width = width;
    tile.height = height;
    this.#soon();
  }

  #sighted(element: Element, isVisible: boolean): void {
    const tile = this.#tiles.get(element);
    if (tile === undefined || tile.isVisible === isVisible) return;
    tile.isVisible = isVisible;
    tile.hiddenSinceMs = Date.now();
    this.#soon(isVisible ? 0 : HIDDEN_TILE_MS);
  }

  readonly #onPageSight = () => {
    const isHidden = document.visibilityState === "hidden";
    this.#pageHiddenSinceMs = isHidden ? Date.now() : 0;
    this.#soon(isHidden ? HIDDEN_PAGE_MS : 0);
  };

  /** The first change after a quiet time is told at once, those after it gathered. */
  #soon(afterMs = 0): void {
    if (afterMs > 0) {
      setTimeout(() => this.#soon(), afterMs);
      return;
    }
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#toldMs + DEBOUNCE_MS - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, wait);
  }

  #tell(): void {
    const now = Date.now();
    const isPageHidden = this.#pageHiddenSinceMs > 0 && now - this.#pageHiddenSinceMs >= HIDDEN_PAGE_MS;
    const shown = isPageHidden
      ? []
      : [...this.#tiles.values()].filter(
          (tile) => tile.isVisible || now - tile.hiddenSinceMs < HIDDEN_TILE_MS,
        );
    const wishes = wishesOf(shown, globalThis.devicePixelRatio ?? 1);
    if (sameWishes(wishes, this.#wishes)) return;
    this.#wishes = wishes;
    this.#toldMs = now;
    this.#onWishes(wishes);
  }
}
