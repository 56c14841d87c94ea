/**
 * The agenda as everybody sees it: what is over, what runs and for how long, what comes, and conclusions.
 */
import { Check } from "lucide-react";
import { useTranslation } from "react-i18next";
import { waitingTime } from "../../../i18n/format";
import type { AgendaItemView } from "../../../protocol/generated";
import { itemSpan } from "../../../state/course";
import { useMeetingState } from "../meeting-context";
import panel from "../people/PeoplePanel.module.css";
import { useServerNow } from "../use-server-now";
import styles from "./ProgramList.module.css";

export function ProgramList() {
  const { t } = useTranslation();
  const agenda = useMeetingState((state) => state.agenda);
  const place = agenda.findIndex((item) => item.opened_ms !== undefined) + 1;
  return (
    <section className={panel.section} aria-label={t("agenda.program")}>
      <div className={panel.head}>
        <h2 className={panel.title}>{t("agenda.program")}</h2>
        {place > 0 ? (
          <span className={styles.small}>{t("agenda.progress", { place, count: agenda.length })}</span>
        ) : null}
      </div>
      {agenda.length === 0 ? <p className={panel.none}>{t("agenda.none")}</p> : null}
      <ol>
        {agenda.map((item, at) => (
          <ProgramItem key={item.item} item={item} place={at + 1} />
        ))}
      </ol>
    </section>
  );
}

function ProgramItem({ item, place }: { item: AgendaItemView; place: number }) {
  const { t } = useTranslation();
  const isRunning = item.opened_ms !== undefined;
  return (
    <li className={styles.item} data-state={isRunning ? "running" : item.done ? "done" : "ahead"}>
      <span className={styles.sign}>
        {item.done && !isRunning ? <Check size={14} role="img" aria-label={t("agenda.done")} /> : place}
      </span>
      <div className={styles.words}>
        <p className={styles.title}>{item.title}</p>
        {item.speakers ? <p className={styles.small}>{item.speakers}</p> : null}
        {item.conclusion ? (
          <p className={styles.conclusion}>{t("agenda.conclusion", { text: item.conclusion })}</p>
        ) : null}
      </div>
      {isRunning ? (
        <RunningTime item={item} />
      ) : item.minutes > 0 ? (
        <span className={styles.small}>{t("agenda.planned", { minutes: item.minutes })}</span>
      ) : null}
    </li>
  );
}

function RunningTime({ item }: { item: AgendaItemView }) {
  const { t } = useTranslation();
  const { overMs, leftMs, spentMs, plannedMs, grade } = itemSpan(item, useServerNow(1000));
  return (
    <strong className={styles.time} data-grade={grade}>
      {plannedMs === 0
        ? waitingTime(spentMs)
        : overMs >= 1000
          ? t("agenda.over", { time: waitingTime(overMs) })
          : t("agenda.left", { time: waitingTime(leftMs) })}
    </strong>
  );
}
