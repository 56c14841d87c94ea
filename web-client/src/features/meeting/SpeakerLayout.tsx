/**
 * The speaker (or whoever is pinned) large, the others in the front row.
 */
import type { Arrangement } from "./arrange";
import { LargeLayout } from "./LargeLayout";
import styles from "./SpeakerLayout.module.css";
import { Tile } from "./Tile";
import { useBox } from "./use-box";

export function SpeakerLayout({ arrangement }: { arrangement: Arrangement }) {
  const [element, box] = useBox<HTMLDivElement>();
  const { stage } = arrangement;
  const width = Math.floor(Math.min(box.width, (box.height * 16) / 9));
  return (
    <LargeLayout stage={stage}>
      <div ref={element} className={styles.place}>
        {stage !== null && width > 0 ? (
          <Tile key={stage} id={stage} importance={2} width={width} height={Math.floor((width * 9) / 16)} />
        ) : null}
      </div>
    </LargeLayout>
  );
}
