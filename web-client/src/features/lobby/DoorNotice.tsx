/**
 * Why nobody, or not this person, comes in right now, with the way on: before the time, locked, room or
 * server full, not open yet, in from elsewhere.
 */
import { useTranslation } from "react-i18next";
import { clockTime, dayOf, shortDay, waitingTime } from "../../i18n/format";
import { Button } from "../../ui/Button";
import { useLanguage } from "../../ui/language";
import { NoticeCard } from "../../ui/Notice";
import styles from "./DoorNotice.module.css";

export type DoorTrouble = "before" | "locked" | "full" | "server_full" | "not_open" | "elsewhere";

type DoorNoticeProps = {
  trouble: DoorTrouble;
  limit: number;
  /** When the door opens and the server's time now, in ms since 1970. */
  opensMs: number;
  nowMs: number;
  isJoining: boolean;
  onMove: () => void;
};

export function DoorNotice({ trouble, limit, opensMs, nowMs, isJoining, onMove }: DoorNoticeProps) {
  const { t } = useTranslation();
  if (trouble === "before") return <BeforeOpening opensMs={opensMs} nowMs={nowMs} />;
  if (trouble === "elsewhere") {
    return (
      <div role="status">
        <NoticeCard
          isPlain
          kind="info"
          picture="elsewhere"
          title={t("elsewhere.title")}
          text={t("elsewhere.text")}
          actions={
            <Button variant="primary" size="large" isDisabled={isJoining} onPress={onMove}>
              {t("elsewhere.move")}
            </Button>
          }
        />
      </div>
    );
  }
  return (
    <div role="status">
      <NoticeCard
        isPlain
        kind="warn"
        picture={PICTURES[trouble]}
        title={t(`lobby.${trouble}_title`)}
        text={t(`lobby.${trouble}_text`, { limit })}
      />
    </div>
  );
}

const PICTURES = { locked: "locked", full: "full", server_full: "full", not_open: "waiting" } as const;

/** The seconds are for the eye: a screen reader hears the time of opening once. */
function BeforeOpening({ opensMs, nowMs }: { opensMs: number; nowMs: number }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const isToday = shortDay(opensMs) === shortDay(nowMs);
  const time = clockTime(opensMs);
  return (
    <NoticeCard
      isPlain
      kind="info"
      picture="early"
      title={
        isToday
          ? t("lobby.before_title", { time })
          : t("lobby.before_title_day", { time, day: dayOf(opensMs, language) })
      }
      text={t("lobby.before_text")}
    >
      <p className={styles.countdown} role="timer" aria-label={t("lobby.before_left")}>
        <strong>{waitingTime(opensMs - nowMs)}</strong>
        <span>{t("lobby.before_left")}</span>
      </p>
    </NoticeCard>
  );
}
