/**
 * How far the roll call has come: a mark for every site, the counts, its pace, and pause and sheet.
 */
import { Check, Minus, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { clockTime, written } from "../../../i18n/format";
import type { RollCallView } from "../../../protocol/generated";
import { pace, rollCount } from "../../../state/course";
import { Button } from "../../../ui/Button";
import { SheetMenu } from "../../../ui/SheetMenu";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import { useServerNow } from "../use-server-now";
import styles from "./RollProgress.module.css";

export function RollProgress({ roll }: { roll: RollCallView }) {
  const { t } = useTranslation();
  const { commands, conference } = useMeeting();
  const run = useRun();
  const sites = useMeetingState((state) => state.sites);
  const order = useMeetingState((state) => state.siteOrder);
  const count = rollCount(sites);
  const isPaused = roll.phase === "paused";
  return (
    <section className={styles.progress} aria-label={t("roll.progress")}>
      <header className={styles.head}>
        <h2 className={styles.title}>{t("roll.title")}</h2>
        {isPaused ? <strong className={styles.paused}>{t("roll.paused")}</strong> : null}
        {roll.phase === "running" && roll.left > 0 ? <Pace left={roll.left} /> : null}
        <SheetMenu conference={conference} />
        {roll.phase === "finished" ? null : isPaused ? (
          <Button size="dense" onPress={() => void run(commands.course({ type: "start_roll_call" }))}>
            {t("roll.resume")}
          </Button>
        ) : (
          <Button size="dense" onPress={() => void run(commands.course({ type: "pause_roll_call" }))}>
            {t("roll.pause")}
          </Button>
        )}
      </header>
      <div
        className={styles.strip}
        role="img"
        aria-label={t("roll.strip", { done: count.done, all: count.all })}
      >
        {order.map((id) => (
          <i key={id} data-result={sites.get(id)?.result} data-current={roll.current === id || undefined} />
        ))}
      </div>
      <p className={styles.counts} role="status">
        <span>
          <strong>{count.done}</strong>
          {t("roll.of", { all: count.all })}
        </span>
        <span className={styles.present}>
          <Check size={16} aria-hidden />
          {t("roll.count_present", { count: count.present })}
        </span>
        <span className={styles.faulty}>
          <TriangleAlert size={16} aria-hidden />
          {t("roll.count_faulty", { count: count.faulty })}
        </span>
        <span className={styles.absent}>
          <Minus size={16} aria-hidden />
          {t("roll.count_absent", { count: count.absent })}
        </span>
        <Group />
      </p>
    </section>
  );
}

function Group() {
  const { t } = useTranslation();
  const group = useMeetingState((state) => state.sites.get(state.rollCall?.current ?? "")?.group ?? "");
  return group ? <span className={styles.group}>{t("roll.group", { group })}</span> : null;
}

function Pace({ left }: { left: number }) {
  const { t, i18n } = useTranslation();
  const perSite = useMeetingState((state) => pace(state.sites));
  const now = useServerNow(1000);
  if (perSite === null) return null;
  return (
    <span className={styles.pace}>
      {t("roll.pace", {
        seconds: written(perSite / 1000, 1, i18n.language),
        time: clockTime(now + perSite * left),
      })}
    </span>
  );
}
