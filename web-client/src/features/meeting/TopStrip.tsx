/**
 * What this meeting is, its label, what is on the agenda now, how many are inside, how the network is, what time it is in Viet Nam.
 */
import { Lock, Radio, SignalHigh, SignalLow, SignalMedium, Users, WifiOff } from "lucide-react";
import { Button } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { clockTime, waitingTime } from "../../i18n/format";
import type { AgendaItemView } from "../../protocol/generated";
import { itemSpan, runningItem } from "../../state/course";
import { saidGrade } from "../../state/meeting-store";
import { Badge } from "../../ui/Badge";
import { BrandMark } from "../../ui/BrandMark";
import { useNow } from "../../ui/use-now";
import { useMeetingState, useViewStore } from "./meeting-context";
import styles from "./TopStrip.module.css";
import { useServerNow } from "./use-server-now";

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
      <Secrecy />
      {info?.live_since_ms === undefined ? null : (
        <span className={styles.live} title={t("live.goes_out")}>
          <Badge kind="danger" icon={<Radio size={14} aria-hidden />}>
            {t("live.mark")}
          </Badge>
        </span>
      )}
      {info?.locked ? (
        <span className={styles.badge}>
          <Badge kind="warn" icon={<Lock size={14} aria-hidden />}>
            {t("meeting.locked")}
          </Badge>
        </span>
      ) : null}
      <AgendaNow />
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

/** The label of the meeting: its own words, else its class; high classes are marked. */
function Secrecy() {
  const { t } = useTranslation();
  const label = useMeetingState((state) => state.conference?.label ?? "");
  const secrecy = useMeetingState((state) => state.conference?.secrecy ?? "public");
  const words = label || (secrecy === "public" ? "" : t(`secrecy.${secrecy}`));
  if (!words) return null;
  const isHigh = secrecy === "state_secret" || secrecy === "restricted";
  return (
    <span className={styles.secrecy}>
      <Badge kind={secrecy === "state_secret" ? "danger" : isHigh ? "warn" : "line"}>{words}</Badge>
    </span>
  );
}

/** The running item of the agenda, and how far it is over its time. */
function AgendaNow() {
  const { t } = useTranslation();
  const agenda = useMeetingState((state) => state.agenda);
  const view = useViewStore();
  const item = runningItem(agenda);
  if (item === undefined) return null;
  const words = t("agenda.now", { place: agenda.indexOf(item) + 1, title: item.title });
  return (
    <Button className={styles.item ?? ""} onPress={() => view.setState({ panel: "agenda" })}>
      <span className={styles.words}>{words}</span>
      <ItemTime item={item} />
    </Button>
  );
}

function ItemTime({ item }: { item: AgendaItemView }) {
  const { t } = useTranslation();
  const { overMs, leftMs, plannedMs, grade } = itemSpan(item, useServerNow(1000));
  if (plannedMs === 0) return null;
  return (
    <strong className={styles.time} data-grade={grade}>
      {overMs >= 1000
        ? t("agenda.over", { time: waitingTime(overMs) })
        : t("agenda.left", { time: waitingTime(leftMs) })}
    </strong>
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
