/**
 * The page of today: the meetings of whoever is signed in, today and on the next days.
 */
import { useQueries } from "@tanstack/react-query";
import { CalendarDays, CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { dayOf } from "../../i18n/format";
import type { Person, Today } from "../../protocol/generated";
import { today } from "../../protocol/meetings";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { useLanguage } from "../../ui/language";
import { PageSkeleton } from "../../ui/PageFrame";
import { httpCode, httpSentence } from "../../ui/refusals";
import { useNow } from "../../ui/use-now";
import { daysFrom, nextOf, unanswered } from "./days";
import { MakeMeeting } from "./MakeMeeting";
import { RoomList } from "./RoomList";
import styles from "./TodayList.module.css";
import { TodayRow } from "./TodayRow";

/** How often today's meetings are asked for anew, in ms. */
const REFRESH_MS = 10_000;
/** The same for the meetings of the days ahead, in ms. */
const REFRESH_AHEAD_MS = 30_000;
/** How often the page looks whether another day has begun, in ms. */
const LOOK_MS = 60_000;

export const TODAY_KEY = "today";

export function TodayList({ person }: { person: Person }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const now = useNow(LOOK_MS);
  const days = daysFrom(now);
  const lists = useQueries({
    queries: days.map((day, at) => ({
      queryKey: [TODAY_KEY, day],
      queryFn: () => today(day),
      refetchInterval: at === 0 ? REFRESH_MS : REFRESH_AHEAD_MS,
    })),
  });
  const known = lists.map((list) => list.data).filter((one) => one !== undefined);
  const [first] = lists;
  const count = first?.data?.meetings.length ?? 0;
  const waiting = unanswered(known.flatMap((one) => one.meetings));
  return (
    <>
      <div className={styles.head}>
        <div>
          <h1 className={styles.title}>{t("today.title")}</h1>
          <p className={styles.day}>
            {[
              dayOf(now, language),
              first?.data ? t("today.count", { count }) : "",
              waiting > 0 ? t("today.waiting", { count: waiting }) : "",
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
        <MakeMeeting person={person} />
      </div>
      {first === undefined || first.isPending ? (
        <PageSkeleton />
      ) : first.isError ? (
        <div className={styles.card}>
          <EmptyState
            icon={<CloudOff size={28} />}
            title={t("home.failed_title")}
            text={`${httpSentence(first.error, t)} ${t("lobby.code", { code: httpCode(first.error) })}`}
            action={<Button onPress={() => void first.refetch()}>{t("action.retry")}</Button>}
          />
        </div>
      ) : (
        <Days known={known} now={now} />
      )}
    </>
  );
}

function Days({ known, now }: { known: readonly Today[]; now: number }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const [today, ...later] = known;
  const ahead = later.filter((one) => one.meetings.length > 0);
  const next = nextOf(today?.meetings ?? [], now);
  const rest = (today?.meetings ?? []).filter((one) => one.id !== next?.id);
  return (
    <>
      {next ? (
        <section className={styles.next} aria-label={t("today.next")}>
          <TodayRow meeting={next} isNext />
        </section>
      ) : null}
      {rest.length > 0 ? (
        <section className={styles.card} aria-labelledby="today-rest">
          <h2 id="today-rest" className={styles.heading}>
            {t(next ? "today.rest" : "today.list")}
          </h2>
          <ul>
            {rest.map((meeting) => (
              <li key={meeting.id}>
                <TodayRow meeting={meeting} />
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {next === undefined && rest.length === 0 ? (
        <div className={styles.card}>
          <EmptyState
            icon={<CalendarDays size={28} />}
            title={t(ahead.length > 0 ? "today.empty_title" : "today.none_title")}
            text={t(ahead.length > 0 ? "today.empty_text" : "today.none_text")}
          />
        </div>
      ) : null}
      {ahead.map((one) => (
        <section key={one.day} className={styles.card} aria-labelledby={`day-${one.day}`}>
          <h2 id={`day-${one.day}`} className={styles.heading}>
            {dayOf(Date.parse(`${one.day}T12:00:00+07:00`), language)}
          </h2>
          <ul>
            {one.meetings.map((meeting) => (
              <li key={meeting.id}>
                <TodayRow meeting={meeting} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      <RoomList dated={new Set(known.flatMap((one) => one.meetings.map((meeting) => meeting.id)))} />
    </>
  );
}
