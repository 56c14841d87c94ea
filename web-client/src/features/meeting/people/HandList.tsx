/**
 * Raised hands, first raised first, each with its place.
 */
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ParticipantId } from "../../../protocol/generated";
import { may, participantOf } from "../../../state/meeting-store";
import { Count } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { IconButton } from "../../../ui/IconButton";
import { PersonName } from "../../../ui/PersonName";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import styles from "./HandList.module.css";
import panel from "./PeoplePanel.module.css";

export function HandList() {
  const { t } = useTranslation();
  const hands = useMeetingState((state) => state.hands);
  if (hands.length === 0) return null;
  return (
    <section className={panel.section} aria-label={t("people.hands")}>
      <div className={panel.head}>
        <h2 className={panel.title}>
          {t("people.hands")} <Count value={hands.length} />
        </h2>
        <span className={styles.note}>{t("people.hands_order")}</span>
      </div>
      <ol>
        {hands.map((id, at) => (
          <HandRow key={id} id={id} place={at + 1} />
        ))}
      </ol>
    </section>
  );
}

function HandRow({ id, place }: { id: ParticipantId; place: number }) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const person = useMeetingState(participantOf(id));
  const isOwn = useMeetingState((state) => state.you?.participant === id);
  const mayLower = useMeetingState(may("lower_hands"));
  if (!person) return null;
  return (
    <li className={styles.row} data-own={isOwn || undefined} data-first={place === 1 || undefined}>
      <span className={styles.place}>{place}</span>
      <div className={styles.words}>
        <span className={styles.name}>
          <PersonName name={person.name} />
          {isOwn ? <span className={styles.own}>{t("people.you")}</span> : null}
        </span>
        {person.unit ? <span className={styles.unit}>{person.unit}</span> : null}
      </div>
      {isOwn ? (
        <Button size="dense" onPress={() => void run(commands.lowerHand())}>
          {t("people.lower_own")}
        </Button>
      ) : mayLower ? (
        <IconButton
          size="dense"
          label={t("people.lower_hand_name", { name: person.name })}
          onPress={() => void run(commands.lowerHand(id))}
        >
          <X size={18} aria-hidden />
        </IconButton>
      ) : null}
    </li>
  );
}
