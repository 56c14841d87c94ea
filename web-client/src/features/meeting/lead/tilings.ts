/**
 * Where the tiles of each layout of the composed picture lie, for small pictures of it. Pure; the same geometry
 * as the server's, which composes.
 */
import type { Tiling } from "../../../protocol/generated";

export const TILINGS: readonly Tiling[] = [
  "full",
  "one_and_one",
  "one_and_three",
  "one_and_five",
  "one_and_seven",
  "grid2",
  "grid3",
  "grid4",
  "grid5",
  "content_and_row",
  "content_only",
];

/** Parts of a picture of width 1 and height 1. */
export interface TileBox {
  x: number;
  y: number;
  width: number;
  height: number;
  /** For a document. */
  isContent: boolean;
}

/** A tile in units: column, row, units wide and high. */
type Cell = readonly [column: number, row: number, side: number];

const grid = (side: number): Cell[] =>
  Array.from({ length: side * side }, (_, at) => [at % side, Math.floor(at / side), 1] as const);

/** Down the right side, then along the bottom. */
const around = (side: number): Cell[] => [
  [0, 0, side],
  ...Array.from({ length: side }, (_, row) => [side, row, 1] as const),
  ...Array.from({ length: side + 1 }, (_, column) => [column, side, 1] as const),
];

const CELLS: Readonly<Record<Tiling, { units: readonly [number, number]; cells: readonly Cell[] }>> = {
  full: { units: [1, 1], cells: [[0, 0, 1]] },
  one_and_one: {
    units: [2, 1],
    cells: [
      [0, 0, 1],
      [1, 0, 1],
    ],
  },
  one_and_three: {
    units: [4, 3],
    cells: [
      [0, 0, 3],
      [3, 0, 1],
      [3, 1, 1],
      [3, 2, 1],
    ],
  },
  one_and_five: { units: [3, 3], cells: around(2) },
  one_and_seven: { units: [4, 4], cells: around(3) },
  grid2: { units: [2, 2], cells: grid(2) },
  grid3: { units: [3, 3], cells: grid(3) },
  grid4: { units: [4, 4], cells: grid(4) },
  grid5: { units: [5, 5], cells: grid(5) },
  content_and_row: {
    units: [4, 4],
    cells: [
      [0.5, 0, 3],
      [0, 3, 1],
      [1, 3, 1],
      [2, 3, 1],
      [3, 3, 1],
    ],
  },
  content_only: { units: [1, 1], cells: [[0, 0, 1]] },
};

/** The tiles in the order of the seats. Units are 16:9, so what does not fill the picture lies in its middle. */
export function tilesOf(tiling: Tiling): readonly TileBox[] {
  const {
    units: [columns, rows],
    cells,
  } = CELLS[tiling];
  const side = 1 / Math.max(columns, rows);
  const left = (1 - columns * side) / 2;
  const top = (1 - rows * side) / 2;
  const hasContent = tiling === "content_and_row" || tiling === "content_only";
  return cells.map(([column, row, wide], at) => ({
    x: left + column * side,
    y: top + row * side,
    width: wide * side,
    height: wide * side,
    isContent: hasContent && at === 0,
  }));
}
