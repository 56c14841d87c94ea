/**
 * Rooms without a time: opened at once, or always there. Below the days on the page of today.
 */
import { useQuery } from "@tanstack/react-query";
import { Activity, Check, Link2, Users, Video } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { ConferenceSummary } from "../../protocol/generated";
import { conferences } from "../../protocol/http";
import { conferencePath, invitationLink, maySeeStatistics, statisticsPath } from "../../routes";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { useCopy } from "../../ui/copy";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import styles from "./TodayList.module.css";
import row from "./TodayRow.module.css";

/** How often the number of people inside is asked anew, in ms. */
const REFRESH_MS = 10_000;

/** `dated`: ids of the meetings that the page shows with their time. */
export function RoomList({ dated }: { dated: ReadonlySet<string> }) {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: ["today", "rooms"], queryFn: conferences, refetchInterval: REFRESH_MS });
  const rooms = (list.data ?? []).filter((one) => one.open && !dated.has(one.id));
  if (rooms.length === 0) return null;
  return (
    <section className={styles.card} aria-labelledby="rooms">
      <h2 id="rooms" className={styles.heading}>
        {t("today.rooms")}
      </h2>
      <ul>
        {rooms.map((room) => (
          <li key={room.id}>
            <Room room={room} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Room({ room }: { room: ConferenceSummary }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { isCopied, copy } = useCopy(invitationLink(room.id));
  const hasPeople = room.participants > 0;
  return (
    <article className={row.row}>
      <div className={row.words}>
        <h3 className={row.title}>{room.title}</h3>
        <p className={row.facts}>
          <span>
            <Users size={16} aria-hidden />
            {hasPeople ? t("home.inside", { count: room.participants }) : t("home.closed")}
          </span>
          <span>{t("home.your_role", { role: t(`role.${room.role}`) })}</span>
          {room.label ? <Badge kind="line">{room.label}</Badge> : null}
        </p>
      </div>
      <div className={row.actions}>
        {hasPeople && maySeeStatistics(room.role) ? (
          <ButtonLink
            href={statisticsPath(room.id)}
            variant="quiet"
            icon={<Activity size={18} aria-hidden />}
            onFollow={navigate}
          >
            {t("home.statistics")}
            <VisuallyHidden>{room.title}</VisuallyHidden>
          </ButtonLink>
        ) : null}
        <Button
          variant="quiet"
          icon={isCopied ? <Check size={18} aria-hidden /> : <Link2 size={18} aria-hidden />}
          onPress={copy}
        >
          {t(isCopied ? "action.link_copied" : "action.copy_link")}
          <VisuallyHidden>{room.title}</VisuallyHidden>
        </Button>
        <VisuallyHidden isLive>{isCopied ? t("action.link_copied") : ""}</VisuallyHidden>
        <ButtonLink
          href={conferencePath(room.id)}
          variant={hasPeople ? "primary" : "secondary"}
          icon={<Video size={18} aria-hidden />}
          onFollow={navigate}
        >
          {t("home.join")}
          <VisuallyHidden>{room.title}</VisuallyHidden>
        </ButtonLink>
      </div>
    </article>
  );
}
