/**
 * The agenda as a strip: what is over, what runs and how far over its time, what comes, and the way on.
 */
import { ArrowRight, Check, PenLine, Square } from "lucide-react";
import { Button as Plain } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { waitingTime } from "../../../i18n/format";
import type { AgendaItemView } from "../../../protocol/generated";
import { itemSpan, nextItem, runningItem } from "../../../state/course";
import { Button } from "../../../ui/Button";
import { useMeeting, useMeetingState, useRun, useViewStore } from "../meeting-context";
import { useServerNow } from "../use-server-now";
import styles from "./AgendaLine.module.css";

export function AgendaLine() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const view = useViewStore();
  const agenda = useMeetingState((state) => state.agenda);
  const running = runningItem(agenda);
  const next = nextItem(agenda);
  if (agenda.length === 0) {
    return (
      <section className={styles.card} aria-label={t("chair.agenda")}>
        <p className={styles.none}>{t("chair.agenda_none")}</p>
        <Button onPress={() => view.setState({ dialog: "agenda" })}>{t("chair.agenda_make")}</Button>
      </section>
    );
  }
  const open = (item: number) => void run(commands.course({ type: "open_item", item }));
  return (
    <section className={styles.card} aria-label={t("chair.agenda")}>
      <ol className={styles.items}>
        {agenda.map((item, at) => (
          <Item key={item.item} item={item} place={at + 1} onOpen={() => open(item.item)} />
        ))}
      </ol>
      <div className={styles.ways}>
        {running ? (
          <Button
            icon={<PenLine size={18} aria-hidden />}
            onPress={() => view.setState({ dialog: "conclusion" })}
          >
            {t("chair.conclusion")}
          </Button>
        ) : (
          <Button onPress={() => view.setState({ dialog: "agenda" })}>{t("chair.agenda_edit")}</Button>
        )}
        {next ? (
          <Button size="large" onPress={() => open(next.item)} icon={<ArrowRight size={20} aria-hidden />}>
            {t(running ? "chair.next_item" : "chair.open_item")}
          </Button>
        ) : running ? (
          <Button
            size="large"
            icon={<Square size={18} aria-hidden />}
            onPress={() => void run(commands.course({ type: "close_item" }))}
          >
            {t("chair.close_item")}
          </Button>
        ) : null}
      </div>
    </section>
  );
}

type ItemProps = { item: AgendaItemView; place: number; onOpen: () => void };

function Item({ item, place, onOpen }: ItemProps) {
  const { t } = useTranslation();
  const isRunning = item.opened_ms !== undefined;
  return (
    <li className={styles.item} data-state={isRunning ? "running" : item.done ? "done" : "ahead"}>
      <Plain className={styles.press ?? ""} isDisabled={isRunning} onPress={onOpen}>
        <span className={styles.line}>
          <span className={styles.sign}>
            {item.done && !isRunning ? <Check size={14} aria-hidden /> : place}
          </span>
          {isRunning ? (
            <RunningTime item={item} />
          ) : (
            <span>{t("time.minutes", { minutes: item.minutes })}</span>
          )}
        </span>
        <span className={styles.title}>{item.title}</span>
      </Plain>
    </li>
  );
}

function RunningTime({ item }: { item: AgendaItemView }) {
  const { t } = useTranslation();
  const { overMs, leftMs, spentMs, plannedMs, grade } = itemSpan(item, useServerNow(1000));
  return (
    <strong className={styles.time} data-grade={grade}>
      {overMs >= 1000
        ? t("chair.over", { time: waitingTime(overMs) })
        : plannedMs === 0
          ? waitingTime(spentMs)
          : t("chair.left", { time: waitingTime(leftMs) })}
    </strong>
  );
}
