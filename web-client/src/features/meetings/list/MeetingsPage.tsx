/**
 * The list of meetings for those who plan them: search, filters, pages. The address keeps all of it.
 */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { CalendarPlus, CalendarSearch, ChevronLeft, ChevronRight, CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Redirect, useLocation, useSearch } from "wouter";
import type { MeetingList } from "../../../protocol/generated";
import { type MeetingQuery, meetings } from "../../../protocol/meetings";
import { loginPath, MEETINGS, mayPlan, NEW_MEETING } from "../../../routes";
import { Button, ButtonLink } from "../../../ui/Button";
import { EmptyState } from "../../../ui/EmptyState";
import { PageFrame, PageSkeleton } from "../../../ui/PageFrame";
import { httpCode, httpSentence } from "../../../ui/refusals";
import { SessionWait } from "../../../ui/SessionWait";
import { useSession } from "../../../ui/session";
import { NotForPlanning } from "../NotForPlanning";
import { MeetingFilters } from "./MeetingFilters";
import { MeetingRow } from "./MeetingRow";
import styles from "./MeetingsPage.module.css";
import { EVERYTHING, isNarrowed, queryOf, searchOf } from "./meeting-query";

export const MEETINGS_KEY = "meetings";

export function MeetingsPage() {
  const { t } = useTranslation();
  const session = useSession();
  const person = session.data ?? null;
  if (!session.isPending && !session.isError && !person) return <Redirect to={loginPath(MEETINGS)} replace />;
  if (person && (person.guest || !mayPlan(person.role))) return <NotForPlanning />;
  return (
    <PageFrame title={t("meetings.title")} hasOwnHeading={person !== null}>
      {person ? <Meetings /> : <SessionWait />}
    </PageFrame>
  );
}

function Meetings() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const query = queryOf(useSearch());
  const list = useQuery({
    queryKey: [MEETINGS_KEY, query],
    queryFn: () => meetings(query),
    placeholderData: keepPreviousData,
  });
  const go = (next: MeetingQuery, replace = false) => {
    const search = searchOf(next);
    navigate(search ? `${MEETINGS}?${search}` : MEETINGS, { replace });
  };
  return (
    <>
      <div className={styles.head}>
        <h1 className={styles.title}>{t("meetings.title")}</h1>
        <ButtonLink
          href={NEW_MEETING}
          variant="primary"
          icon={<CalendarPlus size={18} aria-hidden />}
          onFollow={navigate}
        >
          {t("today.plan")}
        </ButtonLink>
      </div>
      <MeetingFilters query={query} onChange={go} />
      {list.isPending ? (
        <PageSkeleton />
      ) : list.isError ? (
        <div className={styles.card}>
          <EmptyState
            icon={<CloudOff size={28} />}
            title={t("home.failed_title")}
            text={`${httpSentence(list.error, t)} ${t("lobby.code", { code: httpCode(list.error) })}`}
            action={<Button onPress={() => void list.refetch()}>{t("action.retry")}</Button>}
          />
        </div>
      ) : list.data.total === 0 ? (
        <div className={styles.card}>
          <Nothing isNarrowed={isNarrowed(query)} onAll={() => go(EVERYTHING)} />
        </div>
      ) : (
        <Found list={list.data} onPage={(page) => go({ ...query, page })} />
      )}
    </>
  );
}

function Nothing({ isNarrowed, onAll }: { isNarrowed: boolean; onAll: () => void }) {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<CalendarSearch size={28} />}
      title={t(isNarrowed ? "meetings.nothing_title" : "meetings.none_title")}
      text={t(isNarrowed ? "meetings.nothing_text" : "meetings.none_text")}
      action={isNarrowed ? <Button onPress={onAll}>{t("meetings.show_all")}</Button> : null}
    />
  );
}

function Found({ list, onPage }: { list: MeetingList; onPage: (page: number) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <p className={styles.count} role="status">
        {t("meetings.found", { count: list.total })}
      </p>
      <ul className={styles.card} aria-label={t("meetings.title")}>
        {list.meetings.map((meeting) => (
          <MeetingRow key={meeting.id} meeting={meeting} />
        ))}
      </ul>
      {list.pages > 1 ? (
        <nav className={styles.pages} aria-label={t("meetings.pages")}>
          <Button
            isDisabled={list.page <= 1}
            icon={<ChevronLeft size={18} aria-hidden />}
            onPress={() => onPage(list.page - 1)}
          >
            {t("meetings.earlier_page")}
          </Button>
          <span>{t("meetings.page", { page: list.page, pages: list.pages })}</span>
          <Button
            isDisabled={list.page >= list.pages}
            icon={<ChevronRight size={18} aria-hidden />}
            onPress={() => onPage(list.page + 1)}
          >
            {t("meetings.later_page")}
          </Button>
        </nav>
      ) : null}
    </>
  );
}
