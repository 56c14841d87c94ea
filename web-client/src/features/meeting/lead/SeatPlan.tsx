/**
 * The seats of a layout as they lie in the picture; a press chooses the seat, the list below who gets it.
 */
import { useState } from "react";
import { ToggleButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Tiling } from "../../../protocol/generated";
import { Select } from "../../../ui/Select";
import { useMeetingState } from "../meeting-context";
import { holderKey, holderOf, type PictureDraft, withSeat } from "./picture-draft";
import styles from "./SeatPlan.module.css";
import dialog from "./StageDialog.module.css";
import { tilesOf } from "./tilings";

type SeatPlanProps = { tiling: Tiling; draft: PictureDraft; onChange: (draft: PictureDraft) => void };

/** The choice that means nobody in particular. */
const FREE = "voice";

export function SeatPlan({ tiling, draft, onChange }: SeatPlanProps) {
  const { t } = useTranslation();
  const sites = useMeetingState((state) => state.sites);
  const order = useMeetingState((state) => state.siteOrder);
  const tiles = tilesOf(tiling);
  const first = tiles.findIndex((tile) => !tile.isContent);
  const [pressed, setPressed] = useState(first);
  const seat = tiles[pressed]?.isContent === false ? pressed : first;
  const nameOf = (key: string): string => {
    const holder = holderOf(key);
    if (holder === null) return t("picture.voice");
    return holder.shows === "site"
      ? (sites.get(holder.site)?.name ?? holder.site)
      : t(`picture.${holder.shows}`);
  };
  const keyAt = (at: number): string => {
    const holder = draft.seats.get(at);
    return holder === undefined ? FREE : holderKey(holder);
  };
  const keys = [FREE, "queue", "patrol", ...order.map((id) => `site:${id}`)];
  return (
    <div className={dialog.chosen}>
      <p className={dialog.label}>{t("picture.seats")}</p>
      <div className={styles.plan}>
        {tiles.map(({ x, y, width, height, isContent }, at) => {
          const style = {
            left: `${x * 100}%`,
            top: `${y * 100}%`,
            width: `${width * 100}%`,
            height: `${height * 100}%`,
          };
          const key = `${x} ${y}`;
          if (isContent) {
            return (
              <div key={key} className={styles.place} style={style}>
                <span className={styles.content}>{t("picture.content")}</span>
              </div>
            );
          }
          return (
            <div key={key} className={styles.place} style={style}>
              <ToggleButton
                className={styles.seat ?? ""}
                isSelected={at === seat}
                onChange={() => setPressed(at)}
                aria-label={t("picture.seat_of", { seat: at + 1, name: nameOf(keyAt(at)) })}
                data-given={draft.seats.has(at) || undefined}
              >
                {/* Apart, as in the spoken name. */}
                <strong>{at + 1}</strong>{" "}
                {draft.seats.has(at) && width > 0.2 ? <span>{nameOf(keyAt(at))}</span> : null}
              </ToggleButton>
            </div>
          );
        })}
      </div>
      {first < 0 ? null : (
        <Select
          label={t("picture.seat", { seat: seat + 1 })}
          isSmallLabel
          options={keys.map((id) => ({ id, label: nameOf(id) }))}
          value={keyAt(seat)}
          placeholder=""
          onChange={(key) => onChange(withSeat(draft, seat, holderOf(key)))}
        />
      )}
    </div>
  );
}
