/**
 * The picture of somebody for those who lead alone, before it goes on the stage; initials without one.
 */
import { Eye } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ParticipantId } from "../../../protocol/generated";
import { participantOf } from "../../../state/meeting-store";
import { Avatar } from "../../../ui/Avatar";
import { useMeetingState } from "../meeting-context";
import { TilePicture, usePictureTrack } from "../TilePicture";
import styles from "./Preview.module.css";

type PreviewProps = {
  id: ParticipantId | undefined;
  importance?: 0 | 1 | 2;
  /** Says that nobody else sees this picture. */
  isPrivate?: boolean;
  children?: ReactNode;
};

export function Preview({ id, importance = 1, isPrivate = false, children }: PreviewProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.preview}>
      {id === undefined ? (
        <p className={styles.none}>{t("sites.not_in")}</p>
      ) : (
        <Live id={id} importance={importance} />
      )}
      {isPrivate && id !== undefined ? (
        <span className={styles.sign}>
          <Eye size={14} aria-hidden />
          {t("chair.private")}
        </span>
      ) : null}
      {children}
    </div>
  );
}

function Live({ id, importance }: { id: ParticipantId; importance: 0 | 1 | 2 }) {
  const person = useMeetingState(participantOf(id));
  const isOwn = useMeetingState((state) => state.you?.participant === id);
  const track = usePictureTrack(id, "camera");
  if (person === undefined) return null;
  const hasPicture = person.camera && track !== null;
  return (
    <>
      {person.camera && !isOwn ? (
        <TilePicture
          id={id}
          track={hasPicture ? track : null}
          source="camera"
          importance={importance}
          isOwn={false}
        />
      ) : hasPicture ? (
        <TilePicture id={id} track={track} source="camera" importance={importance} isOwn />
      ) : null}
      {hasPicture ? null : (
        <div className={styles.off}>
          <Avatar name={person.name} size="large" />
        </div>
      )}
    </>
  );
}
