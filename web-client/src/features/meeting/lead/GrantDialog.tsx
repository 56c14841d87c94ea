/**
 * Gives the floor to somebody behind a shared device: name and position for the lower third, and minutes.
 */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ParticipantId } from "../../../protocol/generated";
import { participantOf } from "../../../state/meeting-store";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/TextField";
import { useMeetingState } from "../meeting-context";
import styles from "./Fields.module.css";
import { useGrant } from "./use-grant";

const MINUTE_MS = 60_000;

export function GrantDialog({ id, onClose }: { id: ParticipantId; onClose: () => void }) {
  const { t } = useTranslation();
  const person = useMeetingState(participantOf(id));
  const limit = useMeetingState((state) => state.floor.limit_ms);
  const [speaker, setSpeaker] = useState("");
  const [position, setPosition] = useState("");
  const [minutes, setMinutes] = useState(String(Math.round(limit / MINUTE_MS)));
  const grant = useGrant();
  const time = Number(minutes) * MINUTE_MS;
  const isTimeRight = Number.isFinite(time) && time >= MINUTE_MS;
  const send = () => {
    grant({
      participant: id,
      speaker: speaker.trim().normalize("NFC"),
      position: position.trim().normalize("NFC"),
      limit_ms: Math.round(time),
    });
    onClose();
  };
  return (
    <Dialog
      title={t("chair.invite_at", { name: person?.name ?? "" })}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button variant="primary" isDisabled={!isTimeRight} onPress={send}>
            {t("chair.grant")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("chair.speaker_name")}
        help={t("chair.speaker_help")}
        value={speaker}
        onChange={setSpeaker}
        maxLength={200}
        autoFocus
      />
      <div className={styles.row}>
        <TextField
          label={t("chair.speaker_position")}
          value={position}
          onChange={setPosition}
          maxLength={200}
        />
        <TextField
          label={t("chair.minutes")}
          inputMode="numeric"
          value={minutes}
          onChange={setMinutes}
          error={isTimeRight ? undefined : t("chair.minutes_wrong")}
        />
      </div>
    </Dialog>
  );
}
