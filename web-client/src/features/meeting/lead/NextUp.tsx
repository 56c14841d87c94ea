/**
 * Who speaks next, seen by those who lead alone, and the one press that gives them the floor.
 */
import { Mic } from "lucide-react";
import { useTranslation } from "react-i18next";
import { nextUp } from "../../../state/course";
import { Button } from "../../../ui/Button";
import { PersonName } from "../../../ui/PersonName";
import { useMeetingState } from "../meeting-context";
import styles from "./NextUp.module.css";
import { Preview } from "./Preview";
import { useGrant } from "./use-grant";

export function NextUp() {
  const { t } = useTranslation();
  const speech = useMeetingState((state) => nextUp(state, "speech"));
  const question = useMeetingState((state) => nextUp(state, "question"));
  const isQuestioning = useMeetingState((state) => state.conference?.kind === "questioning");
  const id = isQuestioning ? (question ?? speech) : (speech ?? question);
  const queue = id !== undefined && id === question && id !== speech ? "question" : "speech";
  const person = useMeetingState((state) => (id === undefined ? undefined : state.participants.get(id)));
  const subject = useMeetingState(
    (state) => state.floor[queue].find((request) => request.participant === id)?.subject ?? "",
  );
  const grant = useGrant();
  if (id === undefined || person === undefined) {
    return (
      <section className={styles.card} aria-label={t("chair.next")}>
        <p className={styles.none}>{t("chair.next_none")}</p>
      </section>
    );
  }
  const isReady = person.camera && person.presence === "here";
  return (
    <section className={styles.card} aria-label={t("chair.next")}>
      <div className={styles.picture}>
        <Preview id={id} isPrivate />
      </div>
      <div className={styles.words}>
        <p className={styles.small}>
          {t("chair.next")} · {t(isReady ? "chair.has_picture" : "chair.no_picture")}
        </p>
        <p className={styles.name}>
          <PersonName name={person.name} />
        </p>
        <p className={styles.subject}>{[person.unit, subject].filter(Boolean).join(" · ")}</p>
      </div>
      <Button size="large" icon={<Mic size={20} aria-hidden />} onPress={() => grant({ participant: id })}>
        {t("chair.grant")}
      </Button>
    </section>
  );
}
