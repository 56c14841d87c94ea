/**
 * How much room the large picture takes and how many small tiles stand beside or below it.
 *
 * Called by LargeLayout on every change of size. Pure; all measures in px.
 */
import { FRONT_ROW_TILES } from "./arrange";

export interface LargePlaces {
  /** row: below; column: at the right; rows: several rows below, on a phone held upright. */
  direction: "row" | "column" | "rows";
  places: number;
  tileWidth: number;
  /** Height of the large picture in direction `rows`; otherwise it takes what is left. */
  largeHeight: number | null;
}

const GAP = 8;
/** A stage this much wider than high has room beside the picture. */
const WIDE_RATIO = 2;
/** A stage this much narrower than high has room for several rows below. */
const TALL_RATIO = 0.9;
/** Small tiles are not made narrower than this. */
const MIN_TILE = 150;
const MAX_TILE = 240;
/** The large picture keeps at least this share of the width. */
const LARGE_SHARE = 0.7;
/** Room for the button that tells how many are not shown. */
const MORE_BUTTON = 40;

/** `others` is how many people want a small tile; `extraHeight` what the large place needs above its picture. */
export function largePlaces(width: number, height: number, others: number, extraHeight: number): LargePlaces {
  const ratio = height > 0 ? width / height : 1;
  if (ratio > WIDE_RATIO) return beside(width, height, others);
  if (ratio < TALL_RATIO) return rowsBelow(width, height, others, extraHeight);
  return below(width, height, others);
}

function below(width: number, height: number, others: number): LargePlaces {
  const fits = clamp(Math.floor((width + GAP) / (MIN_TILE + GAP)), 2, FRONT_ROW_TILES);
  const room = width - (others > fits ? MORE_BUTTON + GAP : 0);
  const byWidth = (room - GAP * (fits - 1)) / fits;
  const byHeight = (height / 4) * (16 / 9);
  return {
    direction: "row",
    places: Math.min(fits, others),
    tileWidth: Math.floor(Math.min(byWidth, Math.max(byHeight, MIN_TILE))),
    largeHeight: null,
  };
}

function beside(width: number, height: number, others: number): LargePlaces {
  const tileWidth = Math.floor(Math.min((width - GAP) * (1 - LARGE_SHARE), MAX_TILE));
  const fits = (room: number) => Math.max(1, Math.floor((room + GAP) / ((tileWidth * 9) / 16 + GAP)));
  const all = fits(height);
  const places = others > all ? fits(height - MORE_BUTTON - GAP) : Math.min(all, others);
  return { direction: "column", places, tileWidth, largeHeight: null };
}

function rowsBelow(width: number, height: number, others: number, extraHeight: number): LargePlaces {
  const largeHeight = Math.floor((width * 9) / 16) + extraHeight;
  const tileWidth = Math.floor((width - GAP) / 2);
  const tileHeight = (tileWidth * 9) / 16;
  const rows = (room: number) => Math.max(1, Math.floor((room + GAP) / (tileHeight + GAP)));
  const left = height - largeHeight - GAP;
  const all = rows(left) * 2;
  const places = others > all ? rows(left - MORE_BUTTON - GAP) * 2 : Math.min(all, others);
  return { direction: "rows", places, tileWidth, largeHeight };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
