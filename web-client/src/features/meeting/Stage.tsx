/**
 * The pictures: what is set for all, shared screen, speaker or grid, what is said when nobody else is
 * there, and the strip below.
 */
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useShallow } from "zustand/react/shallow";
import { firstScreen } from "../../state/meeting-store";
import { AloneNotice } from "./AloneNotice";
import type { Arrangement } from "./arrange";
import { ComposedPicture } from "./ComposedPicture";
import { ContentLayout } from "./ContentLayout";
import { GridLayout } from "./GridLayout";
import { useMeetingState, useView, useViewStore } from "./meeting-context";
import { ReconnectCard } from "./ReconnectCard";
import { SetLayout } from "./SetLayout";
import { SpeakerLayout } from "./SpeakerLayout";
import styles from "./Stage.module.css";
import { StageStrip } from "./StageStrip";
import { isStageSet, type StageShape, stageShape } from "./stage-set";
import { useArrangement } from "./use-arrangement";

export function Stage() {
  const { t } = useTranslation();
  const arrangement = useArrangement();
  const presenter = useMeetingState(firstScreen);
  const shape = useShape(presenter !== undefined);
  const isComposed = useView((state) => state.isComposed);
  const isAlone = useMeetingState((state) => state.order.length <= 1);
  const isBroken = useMeetingState(
    (state) => state.connection.state !== "open" || state.media === "reconnecting",
  );
  return (
    <main className={styles.stage} data-region="stage" aria-label={t("meeting.stage")} tabIndex={-1}>
      <div className={styles.pictures} data-dimmed={isBroken || undefined}>
        {isComposed ? (
          <ComposedPicture />
        ) : presenter !== undefined && shape.kind === "content" ? (
          <ContentLayout presenter={presenter} />
        ) : (
          <People shape={shape} arrangement={arrangement} />
        )}
      </div>
      <StageStrip />
      {isAlone && !isBroken && !isComposed && presenter === undefined ? <AloneNotice /> : null}
      {isBroken ? <ReconnectCard /> : null}
    </main>
  );
}

type PeopleProps = { shape: StageShape; arrangement: Arrangement };

function People({ shape, arrangement }: PeopleProps) {
  const layout = useView((state) => state.layout);
  if (shape.kind === "pictures") return <SetLayout pictures={shape.pictures} />;
  if (shape.kind === "speaker") return <SpeakerLayout arrangement={{ ...arrangement, stage: shape.large }} />;
  if (shape.kind === "gallery" || layout === "grid") return <GridLayout arrangement={arrangement} />;
  return <SpeakerLayout arrangement={arrangement} />;
}

/** Whoever has looked elsewhere follows again when a stage is set the next time. */
function useShape(hasScreen: boolean): StageShape {
  const view = useViewStore();
  const isFollowing = useView((state) => state.isFollowing);
  const isSet = useMeetingState((state) => isStageSet(state.stage));
  const kind = useMeetingState((state) => stageShape(state, isFollowing, hasScreen).kind);
  const large = useMeetingState((state) => {
    const shape = stageShape(state, isFollowing, hasScreen);
    return shape.kind === "speaker" ? shape.large : null;
  });
  const pictures = useMeetingState(
    useShallow((state) => {
      const shape = stageShape(state, isFollowing, hasScreen);
      return shape.kind === "pictures" ? shape.pictures : [];
    }),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the change counts
  useEffect(() => view.setState({ isFollowing: true }), [view, isSet]);
  if (kind === "pictures") return { kind, pictures };
  return kind === "speaker" ? (large === null ? { kind: "own" } : { kind, large }) : { kind };
}
