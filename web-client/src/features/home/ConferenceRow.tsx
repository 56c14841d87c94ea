/**
 * One conference in the list: what it is, who is inside, the way in and its link.
 */
import { Activity, Check, Clock, Link2, UserRound, Users, Video } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { clockTime, shortDay } from "../../i18n/format";
import type { ConferenceSummary } from "../../protocol/generated";
import { conferencePath, invitationLink, maySeeStatistics, statisticsPath } from "../../routes";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { useCopy } from "../../ui/copy";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import styles from "./ConferenceRow.module.css";

export function ConferenceRow({ conference }: { conference: ConferenceSummary }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { isCopied, copy } = useCopy(invitationLink(conference.id));
  const hasPeople = conference.participants > 0;
  const opensMs = conference.opens_ms;
  const isBefore = opensMs !== undefined && Date.now() < opensMs;
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <div className={styles.badges}>
          {isBefore ? (
            <Badge kind="warn" icon={<Clock size={14} aria-hidden />}>
              {t("home.opens_at", { time: clockTime(opensMs), day: shortDay(opensMs) })}
            </Badge>
          ) : null}
          {conference.open && !isBefore ? (
            <Badge kind="ok" icon={<span className={styles.dot} aria-hidden />}>
              {t("home.open")}
            </Badge>
          ) : null}
          {conference.label ? <Badge kind="line">{conference.label}</Badge> : null}
        </div>
        <h2 className={styles.title}>{conference.title}</h2>
        <p className={styles.facts}>
          <span>
            <Users size={16} aria-hidden />
            {hasPeople ? t("home.inside", { count: conference.participants }) : t("home.closed")}
          </span>
          <span>
            <UserRound size={16} aria-hidden />
            {t("home.your_role", { role: t(`role.${conference.role}`) })}
          </span>
        </p>
      </div>
      <div className={styles.actions}>
        {hasPeople && maySeeStatistics(conference.role) ? (
          <ButtonLink
            href={statisticsPath(conference.id)}
            variant="quiet"
            icon={<Activity size={18} aria-hidden />}
            onFollow={navigate}
          >
            {t("home.statistics")}
            <VisuallyHidden>{conference.title}</VisuallyHidden>
          </ButtonLink>
        ) : null}
        <Button
          variant="quiet"
          icon={isCopied ? <Check size={18} aria-hidden /> : <Link2 size={18} aria-hidden />}
          onPress={copy}
        >
          {t(isCopied ? "action.link_copied" : "action.copy_link")}
          <VisuallyHidden>{conference.title}</VisuallyHidden>
        </Button>
        <VisuallyHidden isLive>{isCopied ? t("action.link_copied") : ""}</VisuallyHidden>
        <ButtonLink
          href={conferencePath(conference.id)}
          variant={hasPeople ? "primary" : "secondary"}
          icon={<Video size={18} aria-hidden />}
          onFollow={navigate}
        >
          {t("home.join")}
          <VisuallyHidden>{conference.title}</VisuallyHidden>
        </ButtonLink>
      </div>
    </li>
  );
}
