/**
 * One meeting of the page of today: when, what, who chairs, from where; the own answer and the way in.
 */
import { Gavel, MapPin, UserRound, Video } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { clockTime, roughSpan } from "../../i18n/format";
import type { TodayMeeting } from "../../protocol/generated";
import { conferencePath } from "../../routes";
import { ButtonLink } from "../../ui/Button";
import { SecrecyBadge, StateBadge } from "../../ui/MeetingBadges";
import { useNow } from "../../ui/use-now";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import { OwnAnswer } from "./OwnAnswer";
import styles from "./TodayRow.module.css";

/** How often the time until the start is told anew, in ms. */
const TICK_MS = 30_000;

type TodayRowProps = { meeting: TodayMeeting; isNext?: boolean };

export function TodayRow({ meeting, isNext = false }: TodayRowProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const now = useNow(TICK_MS);
  const { state, starts_ms: startsMs } = meeting;
  const Heading = isNext ? "h2" : "h3";
  const mayEnter = state === "planned" || state === "running";
  const isRefused = meeting.answer === "delegated";
  const until = startsMs === undefined ? 0 : startsMs - now;
  return (
    <article className={styles.row} data-next={isNext || undefined} data-gone={!mayEnter || undefined}>
      <p className={styles.time}>
        {startsMs === undefined ? (
          <span className={styles.end}>{t("today.no_time")}</span>
        ) : (
          <>
            <strong>{clockTime(startsMs)}</strong>
            <span className={styles.end}>{clockTime(startsMs + meeting.minutes * 60_000)}</span>
          </>
        )}
      </p>
      <div className={styles.words}>
        <div className={styles.badges}>
          <StateBadge state={state} participants={meeting.participants} opensMs={meeting.opens_ms} />
          <SecrecyBadge secrecy={meeting.secrecy} label={meeting.label} />
          {isNext && until > 0 ? (
            <span className={styles.until}>{t("today.starts_in", { time: roughSpan(until, t) })}</span>
          ) : null}
        </div>
        <Heading className={styles.title}>{meeting.title}</Heading>
        <p className={styles.facts}>
          {meeting.chair ? (
            <span>
              <Gavel size={16} aria-hidden />
              {t("today.chair", { name: meeting.chair })}
            </span>
          ) : null}
          <span>
            <UserRound size={16} aria-hidden />
            {t("home.your_role", {
              role: t(`invited.${meeting.invited_as ?? meeting.role}` as "role.chair"),
            })}
          </span>
          {meeting.sites.length > 0 ? (
            <span>
              <MapPin size={16} aria-hidden />
              {meeting.sites.map((site) => site.name).join(", ")}
            </span>
          ) : null}
        </p>
        {state === "cancelled" && meeting.cancel_reason ? (
          <p className={styles.reason}>
            {t("meetings.cancelled_because", { reason: meeting.cancel_reason })}
          </p>
        ) : null}
      </div>
      <div className={styles.actions}>
        {mayEnter && meeting.invited_as !== undefined ? <OwnAnswer meeting={meeting} /> : null}
        {mayEnter && !isRefused ? (
          <ButtonLink
            href={conferencePath(meeting.id)}
            variant={isNext || meeting.participants > 0 ? "primary" : "secondary"}
            size={isNext ? "large" : "normal"}
            icon={<Video size={18} aria-hidden />}
            onFollow={navigate}
          >
            {t("home.join")}
            <VisuallyHidden>{meeting.title}</VisuallyHidden>
          </ButtonLink>
        ) : null}
      </div>
    </article>
  );
}
