/**
 * A layout of the composed picture as a small picture; without one, the mark of "as the stage is set".
 */
import type { Tiling } from "../../../protocol/generated";
import { tilesOf } from "./tilings";

const [WIDTH, HEIGHT] = [64, 36];
/** Between two tiles. */
const GAP = 2;

export function TilingPicture({ tiling }: { tiling: Tiling | null }) {
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
      focusable="false"
    >
      {tiling === null ? (
        <>
          <rect x={1} y={1} width={WIDTH - 2} height={HEIGHT - 2} rx={2} fill="currentColor" opacity={0.3} />
          <path d="M26 11 L42 18 L26 25 Z" fill="currentColor" />
        </>
      ) : (
        tilesOf(tiling).map(({ x, y, width, height, isContent }) => (
          <rect
            key={`${x} ${y}`}
            x={x * WIDTH + GAP / 2}
            y={y * HEIGHT + GAP / 2}
            width={width * WIDTH - GAP}
            height={height * HEIGHT - GAP}
            rx={1}
            fill="currentColor"
            opacity={isContent ? 0.45 : 1}
          />
        ))
      )}
    </svg>
  );
}
