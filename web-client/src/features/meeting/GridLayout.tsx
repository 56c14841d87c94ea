/**
 * Everybody the same size, in pages of at most 25; the order never follows who speaks.
 */
import { useTranslation } from "react-i18next";
import { type Arrangement, gridFor, pageOf, tilesPerPage } from "./arrange";
import styles from "./GridLayout.module.css";
import { useView, useViewStore } from "./meeting-context";
import { PageButton } from "./PageButton";
import { Tile } from "./Tile";
import { useBox } from "./use-box";

const GAP_PX = 8;
/** Width of the page rails left and right, both together, with their gaps. */
const RAILS_PX = 112;
/** Below this width the page buttons stand under the grid. */
const NARROW_PX = 700;
/** Height of the page buttons under the grid. */
const PAGE_ROW_PX = 52;

export function GridLayout({ arrangement }: { arrangement: Arrangement }) {
  const { t } = useTranslation();
  const view = useViewStore();
  const wanted = useView((state) => state.page);
  const [stage, box] = useBox<HTMLDivElement>();
  const { order } = arrangement;
  const isNarrow = box.width < NARROW_PX;
  const whole = tilesPerPage(order.length, box.width, box.height, GAP_PX);
  const hasPages = whole < order.length;
  const width = box.width - (hasPages && !isNarrow ? RAILS_PX : 0);
  const height = box.height - (hasPages && isNarrow ? PAGE_ROW_PX : 0);
  const perPage = hasPages ? tilesPerPage(order.length, width, height, GAP_PX) : order.length;
  const page = pageOf(order, perPage, wanted);
  const grid = gridFor(hasPages ? perPage : order.length, width, height, GAP_PX);
  const turn = (by: number) => view.setState({ page: page.at + by });
  const tiles = (
    <div className={styles.tiles} style={{ maxWidth: grid.columns * (grid.tileWidth + GAP_PX) }}>
      {page.people.map((id, at) =>
        id === null ? (
          <div
            // A free place has no identity but its position.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={`free-${at}`}
            className={styles.free}
            style={{ width: grid.tileWidth, height: grid.tileHeight }}
          />
        ) : (
          <Tile key={id} id={id} importance={0} width={grid.tileWidth} height={grid.tileHeight} />
        ),
      )}
    </div>
  );
  const range = (
    <span className={styles.range} aria-live="polite">
      <strong>{t("meeting.page_range", { from: page.from, to: page.to })}</strong>
      <span>{t("meeting.page_of", { count: order.length })}</span>
    </span>
  );
  return (
    <div ref={stage} className={styles.stage} data-narrow={isNarrow || undefined}>
      {box.width === 0 ? null : hasPages ? (
        <>
          <div className={styles.rail}>
            <PageButton direction="previous" isDisabled={page.at === 0} onPress={() => turn(-1)} />
          </div>
          {tiles}
          <div className={styles.rail}>
            <PageButton direction="next" isDisabled={page.at + 1 === page.pages} onPress={() => turn(1)} />
            {range}
          </div>
        </>
      ) : (
        tiles
      )}
    </div>
  );
}
