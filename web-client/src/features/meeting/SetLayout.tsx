/**
 * The pictures that are set for all, the same size and alone.
 */
import { useTranslation } from "react-i18next";
import type { ParticipantId } from "../../protocol/generated";
import { gridFor } from "./arrange";
import styles from "./SetLayout.module.css";
import { Tile } from "./Tile";
import { useBox } from "./use-box";

const GAP_PX = 8;

export function SetLayout({ pictures }: { pictures: readonly ParticipantId[] }) {
  const { t } = useTranslation();
  const [element, box] = useBox<HTMLDivElement>();
  const grid = gridFor(Math.max(1, pictures.length), box.width, box.height, GAP_PX);
  return (
    <div ref={element} className={styles.set}>
      {pictures.length === 0 ? (
        <p className={styles.nobody}>{t("stage_set.absent")}</p>
      ) : box.width === 0 ? null : (
        <div className={styles.tiles} style={{ maxWidth: grid.columns * (grid.tileWidth + GAP_PX) }}>
          {pictures.map((id) => (
            <Tile key={id} id={id} importance={2} width={grid.tileWidth} height={grid.tileHeight} />
          ))}
        </div>
      )}
    </div>
  );
}
