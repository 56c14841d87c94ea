/**
 * What is planned, to read: when, of what kind, what is on the agenda, which sites take part.
 */
import { CalendarClock, MapPin, Repeat } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { clockTime, dayOf, timeRange } from "../../../i18n/format";
import type { MeetingPlan } from "../../../protocol/generated";
import { Button } from "../../../ui/Button";
import { useLanguage } from "../../../ui/language";
import { SecrecyBadge, StateBadge } from "../../../ui/MeetingBadges";
import styles from "./PlanPage.module.css";

/** More sites are shown when asked for. */
const SITES_SHOWN = 12;

export function PlanFacts({ plan }: { plan: MeetingPlan }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const { starts_ms: startsMs } = plan;
  return (
    <div className={styles.facts}>
      <div className={styles.badges}>
        <StateBadge state={plan.state} participants={0} opensMs={plan.opens_ms} />
        <SecrecyBadge secrecy={plan.secrecy} label={plan.label} />
        <span className={styles.kind}>{t(`kind.${plan.kind}`)}</span>
      </div>
      <h1 className={styles.title}>{plan.title}</h1>
      <p className={styles.fact}>
        <CalendarClock size={18} aria-hidden />
        {startsMs === undefined
          ? t("today.no_time")
          : `${timeRange(startsMs, plan.minutes)} · ${dayOf(startsMs, language)}`}
        {plan.opens_ms !== undefined && startsMs !== undefined ? (
          <span className={styles.muted}>{t("plan.door", { time: clockTime(plan.opens_ms) })}</span>
        ) : null}
      </p>
      {plan.series ? (
        <p className={styles.fact}>
          <Repeat size={18} aria-hidden />
          {t("plan.series")}
        </p>
      ) : null}
      {plan.note ? <p className={styles.note}>{plan.note}</p> : null}
      <Agenda plan={plan} />
      <Sites plan={plan} />
    </div>
  );
}

function Agenda({ plan }: { plan: MeetingPlan }) {
  const { t } = useTranslation();
  if (plan.agenda.length === 0) return null;
  return (
    <section aria-label={t("chair.agenda")}>
      <h2 className={styles.heading}>{t("chair.agenda")}</h2>
      <ol className={styles.agenda}>
        {plan.agenda.map((item, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two items may be alike, and none has an id.
          <li key={at}>
            <span>{item.title}</span>
            <span className={styles.muted}>
              {[item.speakers, item.minutes ? t("time.minutes", { minutes: item.minutes }) : ""]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Sites({ plan }: { plan: MeetingPlan }) {
  const { t } = useTranslation();
  const [isWhole, setWhole] = useState(false);
  const { sites } = plan;
  if (sites.length === 0) return null;
  const shown = isWhole ? sites : sites.slice(0, SITES_SHOWN);
  return (
    <section aria-label={t("form.sites")}>
      <h2 className={styles.heading}>
        <MapPin size={18} aria-hidden /> {t("meetings.sites", { count: sites.length })}
      </h2>
      <ul className={styles.sites}>
        {shown.map((site) => (
          <li key={site.id}>{site.name}</li>
        ))}
      </ul>
      {sites.length > SITES_SHOWN ? (
        <p className={styles.all}>
          <Button variant="quiet" size="dense" onPress={() => setWhole(!isWhole)}>
            {t(isWhole ? "plan.fewer_sites" : "plan.all_sites", { count: sites.length })}
          </Button>
        </p>
      ) : null}
    </section>
  );
}
