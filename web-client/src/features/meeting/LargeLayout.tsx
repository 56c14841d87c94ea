/**
 * One large thing (a shared screen or the speaker) with the front row below or beside it.
 */
import type { ReactNode } from "react";
import type { ParticipantId } from "../../protocol/generated";
import { FrontRow } from "./FrontRow";
import styles from "./LargeLayout.module.css";
import { largePlaces } from "./large-places";
import { useMeetingState } from "./meeting-context";
import { useBox } from "./use-box";

type LargeLayoutProps = {
  stage: ParticipantId | null;
  /** Height of what stands above the picture in the large place, in px. */
  headHeight?: number;
  children: ReactNode;
};

export function LargeLayout({ stage, headHeight = 0, children }: LargeLayoutProps) {
  const [element, box] = useBox<HTMLDivElement>();
  const others = useMeetingState((state) => state.order.length) - (stage === null ? 0 : 1);
  const room = largePlaces(box.width, box.height, others, headHeight);
  const hasRow = others > 0 && box.width > 0;
  const isFixed = hasRow && room.largeHeight !== null;
  return (
    <div ref={element} className={styles.layout} data-direction={room.direction}>
      <div className={styles.large} style={isFixed ? { flex: "none", height: room.largeHeight ?? 0 } : {}}>
        {children}
      </div>
      {hasRow ? (
        <FrontRow stage={stage} places={room.places} tileWidth={room.tileWidth} direction={room.direction} />
      ) : null}
    </div>
  );
}
