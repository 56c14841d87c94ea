/**
 * The chair's console: who speaks, who is next, who waits, and the agenda.
 */
import { useTranslation } from "react-i18next";
import { AgendaLine } from "./AgendaLine";
import styles from "./ChairConsole.module.css";
import { FloorQueues } from "./FloorQueues";
import { NextUp } from "./NextUp";
import { SpeakerNow } from "./SpeakerNow";

export function ChairConsole() {
  const { t } = useTranslation();
  return (
    <main className={styles.console} data-region="stage" tabIndex={-1} aria-label={t("chair.title")}>
      <SpeakerNow />
      <NextUp />
      <FloorQueues />
      <AgendaLine />
    </main>
  );
}
