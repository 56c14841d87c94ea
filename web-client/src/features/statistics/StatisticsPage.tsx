/**
 * /c/ID/statistics: the media connections of a running conference, for those who look after it.
 *
 * Opened from the meeting in a tab of its own, or from the list. Asks the server every few seconds
 * while it is open and not held; the server decides who may see it.
 */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Lock, SearchX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, useLocation } from "wouter";
import { clockTime } from "../../i18n/format";
import type { ConferenceId } from "../../protocol/generated";
import { HttpError, lobby } from "../../protocol/http";
import { conferenceStatistics } from "../../protocol/statistics";
import { conferencePath, HOME, loginPath, statisticsPath } from "../../routes";
import { ButtonLink } from "../../ui/Button";
import { Banner, NoticeCard } from "../../ui/Notice";
import { PageFrame, PageSkeleton } from "../../ui/PageFrame";
import { httpCode } from "../../ui/refusals";
import { StatisticsView } from "./StatisticsView";

/** Media tells its figures every 2 s; a person reads no faster than this. */
const ASK_EVERY_MS = 4_000;

export function StatisticsPage({ id }: { id: ConferenceId }) {
  const { t } = useTranslation();
  const [isHeld, setHeld] = useState(false);
  const door = useQuery({ queryKey: ["lobby", id], queryFn: () => lobby(id), staleTime: 60_000 });
  const figures = useQuery({
    queryKey: ["statistics", id],
    queryFn: () => conferenceStatistics(id),
    refetchInterval: ({ state }) => (isHeld || isFinal(state.error) ? false : ASK_EVERY_MS),
    refetchOnWindowFocus: !isHeld,
    enabled: !isHeld,
  });
  const code = figures.error ? httpCode(figures.error) : null;
  if (code === "not_signed_in" || code === "bad_token") {
    return <Redirect to={loginPath(statisticsPath(id))} replace />;
  }
  const isRefused = isFinal(figures.error);
  return (
    <PageFrame
      title={t("statistics.title")}
      lead={door.data?.title ?? ""}
      hasOwnHeading={isRefused}
      shape={isRefused ? "card" : "wide"}
    >
      {isRefused ? (
        <Refusal id={id} isUnknown={code === "no_such_conference"} />
      ) : (
        <>
          {code === null ? null : (
            <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
              {figures.data
                ? t("statistics.stale", { time: clockTime(figures.data.at_ms) })
                : t("statistics.unreachable")}
            </Banner>
          )}
          {figures.data ? (
            <StatisticsView figures={figures.data} isHeld={isHeld} onHold={setHeld} />
          ) : code === null ? (
            <PageSkeleton />
          ) : null}
        </>
      )}
    </PageFrame>
  );
}

/** Whether asking again would bring nothing else. */
function isFinal(thrown: unknown): boolean {
  const finals = ["not_allowed", "no_such_conference", "duty_first", "not_signed_in", "bad_token"];
  return thrown instanceof HttpError && finals.includes(thrown.refusal.error);
}

function Refusal({ id, isUnknown }: { id: ConferenceId; isUnknown: boolean }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const kind = isUnknown ? "unknown" : "not_allowed";
  return (
    <NoticeCard
      kind="warn"
      icon={isUnknown ? <SearchX size={24} /> : <Lock size={24} />}
      title={t(`statistics.${kind}_title`)}
      text={t(`statistics.${kind}_text`)}
      headingLevel={1}
      actions={
        <>
          {isUnknown ? null : (
            <ButtonLink href={conferencePath(id)} variant="primary" onFollow={navigate}>
              {t("statistics.to_conference")}
            </ButtonLink>
          )}
          <ButtonLink href={HOME} onFollow={navigate}>
            {t("app.home_link")}
          </ButtonLink>
        </>
      }
    />
  );
}
