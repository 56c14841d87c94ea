/**
 * A layout as a small picture.
 */
import type { Layout } from "../../../protocol/generated";

export const LAYOUTS: readonly Layout[] = ["automatic", "one", "two", "four", "gallery", "content"];

type Box = readonly [x: number, y: number, width: number, height: number];

const BOXES: Readonly<Record<Layout, readonly Box[]>> = {
  automatic: [
    [2, 2, 52, 24],
    [2, 28, 12, 8],
    [16, 28, 12, 8],
    [30, 28, 12, 8],
    [44, 28, 10, 8],
  ],
  one: [[2, 2, 52, 34]],
  two: [
    [2, 9, 25, 20],
    [29, 9, 25, 20],
  ],
  four: [
    [2, 2, 25, 16],
    [29, 2, 25, 16],
    [2, 20, 25, 16],
    [29, 20, 25, 16],
  ],
  gallery: [0, 1, 2].flatMap((row) =>
    [0, 1, 2, 3].map((column) => [2 + column * 13.3, 2 + row * 11.7, 12, 10.4] as const),
  ),
  content: [
    [2, 2, 38, 34],
    [42, 2, 12, 10],
    [42, 14, 12, 10],
  ],
};

export function LayoutPicture({ layout }: { layout: Layout }) {
  return (
    <svg viewBox="0 0 56 38" width="56" height="38" aria-hidden="true" focusable="false">
      {BOXES[layout].map(([x, y, width, height]) => (
        <rect
          key={`${x} ${y}`}
          x={x}
          y={y}
          width={width}
          height={height}
          rx={1.5}
          fill="currentColor"
          opacity={layout === "content" && x < 40 ? 0.45 : 1}
        />
      ))}
    </svg>
  );
}
