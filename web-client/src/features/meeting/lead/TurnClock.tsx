/**
 * The time of a turn: large figures, a bar, and in words what is left or how far it is over.
 */
import { useTranslation } from "react-i18next";
import { waitingTime } from "../../../i18n/format";
import type { TurnView } from "../../../protocol/generated";
import { turnSpan } from "../../../state/course";
import { useServerNow } from "../use-server-now";
import styles from "./TurnClock.module.css";

export function TurnClock({ turn }: { turn: TurnView }) {
  const { t } = useTranslation();
  const { spentMs, plannedMs, leftMs, overMs, share, grade } = turnSpan(turn, useServerNow(1000));
  const isOver = overMs >= 1000;
  return (
    <div className={styles.clock} data-grade={grade}>
      <p className={styles.figures} role="timer" aria-label={t("chair.turn_time")}>
        <strong>{waitingTime(spentMs)}</strong>
        <span>{t("chair.of_time", { time: waitingTime(plannedMs) })}</span>
      </p>
      <div className={styles.bar}>
        <div className={styles.words}>
          <span>{t("chair.turn_time")}</span>
          <span className={styles.left}>
            {isOver
              ? t("chair.over", { time: waitingTime(overMs) })
              : t("chair.left", { time: waitingTime(leftMs) })}
          </span>
        </div>
        <div className={styles.track} aria-hidden>
          <i style={{ width: `${share * 100}%` }} />
        </div>
      </div>
    </div>
  );
}
