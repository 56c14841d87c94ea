/**
 * One large thing (a shared screen or the speaker) with the front row below or beside it.
 */
import type { ReactNode } from "react";
import type { ParticipantId } from "../../protocol/generated";
import { FRONT_ROW_TILES } from "./arrange";
import { FrontRow } from "./FrontRow";
import styles from "./LargeLayout.module.css";
import { useMeetingState } from "./meeting-context";
import { useBox } from "./use-box";

type LargeLayoutProps = { stage: ParticipantId | null; children: ReactNode };

const GAP_PX = 8;
/** A stage this much wider than high has room beside the picture, not below it. */
const WIDE_RATIO = 2;
/** Small tiles are not made narrower than this. */
const MIN_TILE_PX = 150;
/** The large picture keeps at least this share of the width. */
const LARGE_SHARE = 0.7;

export function LargeLayout({ stage, children }: LargeLayoutProps) {
  const [element, box] = useBox<HTMLDivElement>();
  const others = useMeetingState((state) => state.order.length) - (stage === null ? 0 : 1);
  const isWide = box.height > 0 && box.width / box.height > WIDE_RATIO;
  const { places, tileWidth } = isWide ? beside(box) : below(box);
  const hasRow = others > 0 && box.width > 0;
  return (
    <div ref={element} className={styles.layout} data-wide={isWide || undefined}>
      <div className={styles.large}>{children}</div>
      {hasRow ? (
        <FrontRow stage={stage} places={places} tileWidth={tileWidth} direction={isWide ? "column" : "row"} />
      ) : null}
    </div>
  );
}

/** As many tiles as fit the width, at most five, none higher than a quarter of the stage. */
function below({ width, height }: { width: number; height: number }) {
  const places = Math.max(
    2,
    Math.min(FRONT_ROW_TILES, Math.floor((width + GAP_PX) / (MIN_TILE_PX + GAP_PX))),
  );
  const byWidth = (width - GAP_PX * (places - 1)) / places;
  const byHeight = (height / 4) * (16 / 9);
  return { places, tileWidth: Math.floor(Math.min(byWidth, Math.max(byHeight, MIN_TILE_PX))) };
}

function beside({ width, height }: { width: number; height: number }) {
  const tileWidth = Math.floor(Math.min((width - GAP_PX) * (1 - LARGE_SHARE), 240));
  const tileHeight = (tileWidth * 9) / 16;
  return { places: Math.max(1, Math.floor((height + GAP_PX) / (tileHeight + GAP_PX))), tileWidth };
}
