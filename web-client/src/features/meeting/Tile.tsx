/**
 * One person on the stage: picture or initials, name bar, and every state as shape, colour and word.
 *
 * Used by grid, front row and large place. Draws anew only when this person changes.
 */
import { Hand, Pin, PinOff, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { ParticipantId } from "../../protocol/generated";
import { handPlaceOf, isSpeaking, linkGrade, participantOf, slotKey } from "../../state/meeting-store";
import { Avatar } from "../../ui/Avatar";
import { IconButton } from "../../ui/IconButton";
import { useMeetingState, useView, useViewStore } from "./meeting-context";
import { NamePlate } from "./NamePlate";
import styles from "./Tile.module.css";
import { TilePicture, usePictureTrack } from "./TilePicture";
import { togglePin } from "./view-state";

type TileProps = {
  id: ParticipantId;
  /** 0 grid, 1 speaker, 2 stage or pinned: what is fetched first when there are too many. */
  importance: 0 | 1 | 2;
  width?: number;
  height?: number;
};

export const Tile = memo(function Tile({ id, importance, width, height }: TileProps) {
  const { t } = useTranslation();
  const view = useViewStore();
  const person = useMeetingState(participantOf(id));
  const isTalking = useMeetingState(isSpeaking(id));
  const handPlace = useMeetingState(handPlaceOf(id));
  const isOwn = useMeetingState((state) => state.you?.participant === id);
  const isLinkPoor = useMeetingState(linkGrade) === "poor";
  const isPaused = useMeetingState((state) => state.paused.has(slotKey(id, "camera")));
  const isUnreadable = useMeetingState((state) => state.unreadable.has(slotKey(id, "camera")));
  const isPinned = useView((state) => state.pinned === id);
  const isResting = useView((state) => state.care.saving !== "off") && !isOwn;
  const received = usePictureTrack(id, "camera");
  const track = isResting ? null : received;
  if (!person) return <div className={styles.tile} style={{ width, height }} />;
  const isSpeakingNow = isTalking && person.microphone;
  const isFrozen = person.presence === "reconnecting";
  const isWeak = (isPaused || isLinkPoor || isUnreadable) && person.camera && !track && !isOwn && !isResting;
  const trouble = isUnreadable ? "tile.unreadable" : "tile.poor";
  return (
    <article
      className={styles.tile}
      style={{ width, height }}
      aria-label={isOwn ? t("tile.you_prefix") + person.name : person.name}
      data-participant={id}
      data-speaking={isSpeakingNow || undefined}
      data-frozen={isFrozen || undefined}
    >
      {track && person.camera ? (
        <TilePicture id={id} track={track} source="camera" importance={importance} isOwn={isOwn} />
      ) : (
        <div className={styles.off}>
          {/* Without a picture the tile still asks for one, so that it comes as soon as it can. */}
          {person.camera && !isOwn && !isResting ? (
            <TilePicture id={id} track={null} source="camera" importance={importance} isOwn={false} />
          ) : null}
          <Avatar name={person.name} size="large" />
        </div>
      )}
      <div className={styles.left}>
        {person.role === "chair" ? <span className={styles.chair}>{t("tile.chair")}</span> : null}
        {isPinned ? (
          <span className={styles.tag}>
            <Pin size={14} aria-hidden />
            {t("tile.pinned")}
          </span>
        ) : null}
      </div>
      <div className={styles.right}>
        {isFrozen || isWeak ? (
          <span className={`${styles.tag} ${styles.warn}`}>
            <TriangleAlert size={14} aria-hidden />
            {t(isFrozen ? "tile.reconnecting" : trouble)}
          </span>
        ) : null}
        {handPlace > 0 ? (
          <span className={styles.hand} role="img" aria-label={t("tile.hand", { place: handPlace })}>
            <Hand size={14} aria-hidden />
            {handPlace}
          </span>
        ) : null}
      </div>
      <span className={styles.pin}>
        <IconButton
          size="dense"
          label={t(isPinned ? "tile.unpin" : "tile.pin", { name: person.name })}
          onPress={() => togglePin(view, id)}
        >
          {isPinned ? <PinOff size={16} aria-hidden /> : <Pin size={16} aria-hidden />}
        </IconButton>
      </span>
      <NamePlate person={person} isOwn={isOwn} isSpeaking={isSpeakingNow} />
    </article>
  );
});
