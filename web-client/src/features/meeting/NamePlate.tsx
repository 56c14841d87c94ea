/**
 * The name bar of a tile: sign of the microphone, name on up to two lines, unit below.
 */
import { MicOff } from "lucide-react";
import { useCallback, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ParticipantView } from "../../protocol/generated";
import { useLevelVariable } from "../../ui/level";
import { SpeakingBars } from "../../ui/Meter";
import { PersonName } from "../../ui/PersonName";
import { useMeeting } from "./meeting-context";
import styles from "./NamePlate.module.css";

type NamePlateProps = { person: ParticipantView; isOwn: boolean; isSpeaking: boolean };

export function NamePlate({ person, isOwn, isSpeaking }: NamePlateProps) {
  const { t } = useTranslation();
  const meeting = useMeeting();
  const plate = useRef<HTMLDivElement>(null);
  const subscribe = useCallback(
    (listener: (level: number) => void) => meeting.onLevel(person.id, listener),
    [meeting, person.id],
  );
  useLevelVariable(plate, isSpeaking ? subscribe : null);
  return (
    <div ref={plate} className={styles.plate}>
      {isSpeaking ? (
        <span className={styles.speaking}>
          <SpeakingBars label={t("tile.speaking")} />
        </span>
      ) : person.microphone ? null : (
        <MicOff size={14} role="img" aria-label={t("tile.muted")} className={styles.muted} />
      )}
      <div className={styles.words}>
        <span className={styles.name}>
          <PersonName name={person.name} prefix={isOwn ? t("tile.you_prefix") : ""} />
        </span>
        {person.unit ? (
          <bdi className={styles.unit} title={person.unit}>
            {person.unit}
          </bdi>
        ) : null}
      </div>
    </div>
  );
}
