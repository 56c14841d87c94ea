/**
 * The row of small tiles beside content or the large speaker.
 */
import { useEffect, useState } from "react";
import { Button } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { ParticipantId } from "../../protocol/generated";
import { frontRow } from "./arrange";
import styles from "./FrontRow.module.css";
import type { LargePlaces } from "./large-places";
import { useMeeting, useMeetingState, useView, useViewStore } from "./meeting-context";
import { Tile } from "./Tile";
import { attendingOf } from "./use-arrangement";

type FrontRowProps = {
  /** Who has the large place and is therefore not repeated here. */
  stage: ParticipantId | null;
  places: number;
  tileWidth: number;
  direction: LargePlaces["direction"];
};

export function FrontRow({ stage, places, tileWidth, direction }: FrontRowProps) {
  const { t } = useTranslation();
  const view = useViewStore();
  const row = useFrontRow(stage, places);
  const hidden = useMeetingState((state) => state.order.length) - row.length - (stage === null ? 0 : 1);
  if (row.length === 0) return null;
  return (
    <section className={styles.row} data-direction={direction} aria-label={t("meeting.front_row")}>
      {row.map((id) => (
        <Tile key={id} id={id} importance={1} width={tileWidth} height={Math.round((tileWidth * 9) / 16)} />
      ))}
      {hidden > 0 ? (
        <Button
          className={styles.more ?? ""}
          aria-label={t("meeting.others", { count: hidden })}
          onPress={() => view.setState({ panel: "people" })}
        >
          {t("meeting.others_label", { count: hidden })}
        </Button>
      ) : null}
    </section>
  );
}

function useFrontRow(stage: ParticipantId | null, places: number): readonly ParticipantId[] {
  const { store } = useMeeting();
  const pinned = useView((view) => view.pinned);
  const [row, setRow] = useState<readonly ParticipantId[]>(() =>
    frontRow([], { ...attendingOf(store.getState(), pinned, 0), stage, places }),
  );
  useEffect(() => {
    const update = () =>
      setRow((previous) => {
        const next = frontRow(previous, { ...attendingOf(store.getState(), pinned, 0), stage, places });
        return next.length === previous.length && next.every((id, at) => id === previous[at])
          ? previous
          : next;
      });
    update();
    return store.subscribe(update);
  }, [store, pinned, stage, places]);
  return row;
}
