/**
 * Who has not had the floor yet, with the way to give it; cheap rows, since there may be hundreds.
 */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { useShallow } from "zustand/react/shallow";
import type { ParticipantId } from "../../../protocol/generated";
import { neverSpoke } from "../../../state/course";
import { participantOf } from "../../../state/meeting-store";
import { Button } from "../../../ui/Button";
import { PersonName } from "../../../ui/PersonName";
import { useMeetingState } from "../meeting-context";
import queues from "./FloorQueues.module.css";
import styles from "./SilentList.module.css";
import { useGrant } from "./use-grant";

export function SilentList() {
  const { t } = useTranslation();
  const people = useMeetingState(useShallow((state) => neverSpoke(state.participants, state.floor.turn)));
  if (people.length === 0) return <p className={queues.none}>{t("chair.silent_none")}</p>;
  return (
    <ul className={queues.rows}>
      {people.map((id) => (
        <SilentRow key={id} id={id} />
      ))}
    </ul>
  );
}

const SilentRow = memo(function SilentRow({ id }: { id: ParticipantId }) {
  const { t } = useTranslation();
  const person = useMeetingState(participantOf(id));
  const grant = useGrant();
  if (person === undefined) return null;
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <span className={styles.name}>
          <PersonName name={person.name} />
        </span>
        <span className={styles.unit}>{person.unit}</span>
      </div>
      <Button
        size="dense"
        isDisabled={person.presence === "reconnecting"}
        aria-label={t("chair.invite_name", { name: person.name })}
        onPress={() => grant({ participant: id })}
      >
        {t("chair.invite")}
      </Button>
    </li>
  );
});
