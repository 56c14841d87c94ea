/**
 * What a meeting is and where it stands, as badges: its label of secrecy and its state, the same on every
 * page about meetings. Never decides: both come from the server.
 */
import { Ban, Check, Clock, History } from "lucide-react";
import { useTranslation } from "react-i18next";
import { clockTime, shortDay } from "../i18n/format";
import type { MeetingState, Secrecy } from "../protocol/generated";
import { Badge } from "./Badge";

type SecrecyBadgeProps = { secrecy: Secrecy; label: string };

/** The label of the meeting: its own words, else its class; high classes are marked. */
export function SecrecyBadge({ secrecy, label }: SecrecyBadgeProps) {
  const { t } = useTranslation();
  const words = label || (secrecy === "public" ? "" : t(`secrecy.${secrecy}`));
  if (!words) return null;
  const kind = secrecy === "state_secret" ? "danger" : secrecy === "restricted" ? "warn" : "line";
  return <Badge kind={kind}>{words}</Badge>;
}

type StateBadgeProps = {
  state: MeetingState;
  /** How many are inside. */
  participants: number;
  /** When the door opens to everybody; past or absent: it is open. */
  opensMs?: number | undefined;
};

export function StateBadge({ state, participants, opensMs }: StateBadgeProps) {
  const { t } = useTranslation();
  if (state === "cancelled") {
    return (
      <Badge kind="danger" icon={<Ban size={14} aria-hidden />}>
        {t("meetings.state.cancelled")}
      </Badge>
    );
  }
  if (state === "ended" || state === "passed") {
    return (
      <Badge icon={state === "ended" ? <Check size={14} aria-hidden /> : <History size={14} aria-hidden />}>
        {t(`meetings.state.${state}`)}
      </Badge>
    );
  }
  if (participants > 0) {
    return (
      <Badge kind="ok" icon={<Dot />}>
        {t("meetings.inside", { count: participants })}
      </Badge>
    );
  }
  if (opensMs !== undefined && Date.now() < opensMs) {
    return (
      <Badge kind="warn" icon={<Clock size={14} aria-hidden />}>
        {isToday(opensMs)
          ? t("meetings.opens_today", { time: clockTime(opensMs) })
          : t("meetings.opens_at", { time: clockTime(opensMs), day: shortDay(opensMs) })}
      </Badge>
    );
  }
  if (state === "running") {
    return (
      <Badge kind="ok" icon={<Dot />}>
        {t("meetings.state.running")}
      </Badge>
    );
  }
  return null;
}

function isToday(atMs: number): boolean {
  return shortDay(atMs) === shortDay(Date.now());
}

function Dot() {
  return (
    <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden>
      <circle cx="4" cy="4" r="4" fill="currentColor" />
    </svg>
  );
}
