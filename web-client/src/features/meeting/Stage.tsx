/**
 * The pictures: shared screen, speaker or grid, and what is said when nobody else is there.
 */
import { useTranslation } from "react-i18next";
import { firstScreen } from "../../state/meeting-store";
import { AloneNotice } from "./AloneNotice";
import { ContentLayout } from "./ContentLayout";
import { GridLayout } from "./GridLayout";
import { useMeetingState, useView } from "./meeting-context";
import { ReconnectCard } from "./ReconnectCard";
import { SpeakerLayout } from "./SpeakerLayout";
import styles from "./Stage.module.css";
import { useArrangement } from "./use-arrangement";

export function Stage() {
  const { t } = useTranslation();
  const arrangement = useArrangement();
  const layout = useView((state) => state.layout);
  const presenter = useMeetingState(firstScreen);
  const isAlone = useMeetingState((state) => state.order.length <= 1);
  const isBroken = useMeetingState(
    (state) => state.connection.state !== "open" || state.media === "reconnecting",
  );
  return (
    <main className={styles.stage} data-region="stage" aria-label={t("meeting.stage")} tabIndex={-1}>
      <div className={styles.pictures} data-dimmed={isBroken || undefined}>
        {presenter !== undefined ? (
          <ContentLayout presenter={presenter} />
        ) : layout === "speaker" ? (
          <SpeakerLayout arrangement={arrangement} />
        ) : (
          <GridLayout arrangement={arrangement} />
        )}
      </div>
      {isAlone && !isBroken && presenter === undefined ? <AloneNotice /> : null}
      {isBroken ? <ReconnectCard /> : null}
    </main>
  );
}
