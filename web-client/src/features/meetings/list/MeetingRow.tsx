/**
 * One meeting of the list: when, what, how many are invited and have answered; the whole row leads to it.
 */
import { MapPin, MessageCircleReply, Repeat, Users } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { dayOf, timeRange } from "../../../i18n/format";
import type { MeetingLine } from "../../../protocol/generated";
import { planPath } from "../../../routes";
import { useLanguage } from "../../../ui/language";
import { SecrecyBadge, StateBadge } from "../../../ui/MeetingBadges";
import styles from "./MeetingRow.module.css";

export function MeetingRow({ meeting }: { meeting: MeetingLine }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const { starts_ms: startsMs } = meeting;
  return (
    <li
      className={styles.row}
      data-gone={["ended", "passed", "cancelled"].includes(meeting.state) || undefined}
    >
      <p className={styles.time}>
        {startsMs === undefined ? (
          <span>{t("today.no_time")}</span>
        ) : (
          <>
            <strong>{timeRange(startsMs, meeting.minutes)}</strong>
            <span>{dayOf(startsMs, language)}</span>
          </>
        )}
      </p>
      <div className={styles.words}>
        <h2 className={styles.title}>
          <Link href={planPath(meeting.id)} className={styles.link}>
            {meeting.title}
          </Link>
        </h2>
        <p className={styles.facts}>
          <span>{t(`kind.${meeting.kind}`)}</span>
          <span>
            <MapPin size={16} aria-hidden />
            {t("meetings.sites", { count: meeting.sites })}
          </span>
          <span>
            <Users size={16} aria-hidden />
            {t("meetings.people", { count: meeting.people })}
          </span>
          {meeting.people > 0 ? (
            <span>
              <MessageCircleReply size={16} aria-hidden />
              {t("meetings.answered", { answered: meeting.answered, people: meeting.people })}
            </span>
          ) : null}
          {meeting.series ? (
            <span>
              <Repeat size={16} aria-hidden />
              {t("meetings.series")}
            </span>
          ) : null}
        </p>
      </div>
      <div className={styles.badges}>
        <StateBadge state={meeting.state} participants={meeting.participants} />
        <SecrecyBadge secrecy={meeting.secrecy} label={meeting.label} />
      </div>
    </li>
  );
}
