/**
 * People before the door, longest wait first: let in one, all, or send away.
 */
import { Check, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { waitingTime } from "../../../i18n/format";
import type { WaitingPerson } from "../../../protocol/generated";
import { Count } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { IconButton } from "../../../ui/IconButton";
import { PersonName } from "../../../ui/PersonName";
import { useNow } from "../../../ui/use-now";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import panel from "./PeoplePanel.module.css";
import styles from "./WaitingList.module.css";

export function WaitingList() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const waiting = useMeetingState((state) => state.waiting);
  const offset = useMeetingState((state) => state.clockOffsetMs);
  const now = useNow(1000) + offset;
  return (
    <section className={`${panel.section} ${styles.section}`} aria-label={t("people.waiting")}>
      <div className={panel.head}>
        <h2 className={panel.title}>
          {t("people.waiting")} <Count value={waiting.length} isHot />
        </h2>
        {waiting.length > 1 ? (
          <Button size="dense" variant="primary" onPress={() => void run(commands.admitAll())}>
            {t("people.admit_all")}
          </Button>
        ) : null}
      </div>
      <ul>
        {waiting.map((person) => (
          <WaitingRow
            key={person.participant}
            person={person}
            waitedMs={now - person.since_ms}
            isOnly={waiting.length === 1}
          />
        ))}
      </ul>
    </section>
  );
}

type WaitingRowProps = { person: WaitingPerson; waitedMs: number; isOnly: boolean };

function WaitingRow({ person, waitedMs, isOnly }: WaitingRowProps) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const { name, unit, participant } = person;
  const waited = t("people.waited", { time: waitingTime(waitedMs) });
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <span className={styles.name}>
          <PersonName name={name} />
        </span>
        <span className={styles.unit}>{[unit, waited].filter(Boolean).join(" · ")}</span>
      </div>
      <IconButton
        label={t("people.turn_away_name", { name })}
        onPress={() => void run(commands.turn(participant))}
      >
        <X size={18} aria-hidden />
      </IconButton>
      <Button
        size="dense"
        variant={isOnly ? "primary" : "secondary"}
        icon={<Check size={16} aria-hidden />}
        aria-label={t("people.admit_name", { name })}
        onPress={() => void run(commands.admit(participant))}
      >
        {t("people.admit")}
      </Button>
    </li>
  );
}
