/**
 * What this meeting is, how many are inside, how the network is, what time it is in Viet Nam.
 */
import { Lock, SignalHigh, SignalLow, SignalMedium, Users, WifiOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { clockTime } from "../../i18n/format";
import { saidGrade } from "../../state/meeting-store";
import { Badge } from "../../ui/Badge";
import { BrandMark } from "../../ui/BrandMark";
import { useNow } from "../../ui/use-now";
import { useMeetingState } from "./meeting-context";
import styles from "./TopStrip.module.css";

export function TopStrip() {
  const { t } = useTranslation();
  const info = useMeetingState((state) => state.conference);
  const count = useMeetingState((state) => state.order.length);
  return (
    <header className={styles.strip} data-region="strip" tabIndex={-1}>
      <BrandMark size={24} isOnDark />
      <h1 className={styles.title} title={info?.title}>
        {info?.title}
      </h1>
      {info?.label ? (
        <span className={styles.badge}>
          <Badge kind="line">{info.label}</Badge>
        </span>
      ) : null}
      {info?.locked ? (
        <span className={styles.badge}>
          <Badge kind="warn" icon={<Lock size={14} aria-hidden />}>
            {t("meeting.locked")}
          </Badge>
        </span>
      ) : null}
      <div className={styles.facts}>
        <span className={styles.people}>
          <Users size={16} aria-hidden />
          {t("meeting.participants", { count })}
        </span>
        <Network />
        <Clock />
      </div>
    </header>
  );
}

const SIGNS = {
  good: SignalHigh,
  fair: SignalMedium,
  poor: SignalLow,
  unknown: SignalLow,
  lost: WifiOff,
} as const;

function Network() {
  const { t } = useTranslation();
  const grade = useMeetingState((state) => (state.connection.state === "open" ? saidGrade(state) : "lost"));
  const link = useMeetingState((state) => state.link);
  const Sign = SIGNS[grade];
  const loss = link ? Math.max(link.uplinkLoss, link.downlinkLoss) * 100 : 0;
  return (
    <span
      className={styles.network}
      data-grade={grade}
      title={link ? t("network.facts", { rtt: Math.round(link.rttMs), loss: loss.toFixed(1) }) : undefined}
    >
      <Sign size={18} aria-hidden />
      {t(`network.${grade}`)}
    </span>
  );
}

function Clock() {
  const { t } = useTranslation();
  const offset = useMeetingState((state) => state.clockOffsetMs);
  const now = clockTime(useNow(1000) + offset);
  return (
    <time className={styles.clock} title={t("meeting.clock")}>
      {now}
    </time>
  );
}
