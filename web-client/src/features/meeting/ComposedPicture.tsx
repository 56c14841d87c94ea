/**
 * The composed picture alone: everybody in one picture that the server has made, for weak machines and phones.
 *
 * Used by the stage when the person has chosen it. Which of the server's pictures it is, the server decides;
 * one picture stays on the screen until the next one has come.
 */
import { LoaderCircle, TriangleAlert } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { COMPOSED } from "../../protocol/generated";
import { slotKey, trackOf } from "../../state/meeting-store";
import { Button } from "../../ui/Button";
import { TrackVideo } from "../../ui/TrackVideo";
import styles from "./ComposedPicture.module.css";
import { composedState, isTrouble } from "./composed-state";
import { useMeeting, useMeetingState, useView, useViewStore } from "./meeting-context";

export function ComposedPicture() {
  const { t } = useTranslation();
  const meeting = useMeeting();
  const view = useViewStore();
  const isResting = useView((state) => state.care.saving !== "off");
  const track = useMeetingState(trackOf(COMPOSED, "camera")) ?? null;
  const isPaused = useMeetingState((state) => state.paused.has(slotKey(COMPOSED, "camera")));
  const standing = useMeetingState((state) => state.composed);
  const box = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<MediaStreamTrack | null>(null);
  useEffect(() => {
    if (!box.current || isResting) return;
    return meeting.watchTile(box.current, COMPOSED, "camera", 2);
  }, [meeting, isResting]);
  const state = composedState({ standing, hasTrack: track !== null, isPaused, isResting });
  return (
    <div ref={box} className={styles.box} data-composed={state}>
      {shown !== null && !isResting ? (
        <TrackVideo key={shown.id} track={shown} className={styles.video} label={t("composed.picture")} />
      ) : null}
      {track !== null && track !== shown && !isResting ? (
        <TrackVideo
          key={track.id}
          track={track}
          className={shown === null ? styles.video : styles.next}
          label={t("composed.picture")}
          onFirstPicture={() => setShown(track)}
        />
      ) : null}
      {state === "shown" ? null : (
        <div className={styles.card} role="status">
          {isTrouble(state) ? (
            <TriangleAlert size={24} aria-hidden />
          ) : (
            <LoaderCircle size={24} aria-hidden className={styles.turning} />
          )}
          <p className={styles.what}>{t(`composed.${state}`)}</p>
          <p className={styles.why}>{t(`composed.${state}_why`)}</p>
          {isTrouble(state) ? (
            <Button onPress={() => view.setState({ isComposed: false })}>{t("composed.back")}</Button>
          ) : null}
        </div>
      )}
    </div>
  );
}
