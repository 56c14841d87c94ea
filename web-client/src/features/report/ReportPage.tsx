/**
 * The end report of a meeting: who was there how long, who spoke, the agenda, what went wrong, who did what;
 * and the sheets of it as files.
 */
import { useQuery } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Redirect } from "wouter";
import { clockTime, dayOf, roughSpan } from "../../i18n/format";
import type { ConferenceId, EndReport } from "../../protocol/generated";
import { endReport } from "../../protocol/reports";
import { loginPath, reportPath } from "../../routes";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { useLanguage } from "../../ui/language";
import { PageFrame, PageSkeleton } from "../../ui/PageFrame";
import { httpCode, httpSentence } from "../../ui/refusals";
import { SessionWait } from "../../ui/SessionWait";
import { SheetMenu } from "../../ui/SheetMenu";
import { useSession } from "../../ui/session";
import styles from "./ReportPage.module.css";
import { ReportTables } from "./ReportTables";

export function ReportPage({ id }: { id: ConferenceId }) {
  const { t } = useTranslation();
  const session = useSession();
  const person = session.data ?? null;
  const report = useQuery({
    queryKey: ["report", id],
    queryFn: () => endReport(id),
    enabled: person !== null,
  });
  if (!session.isPending && !session.isError && !person)
    return <Redirect to={loginPath(reportPath(id))} replace />;
  return (
    <PageFrame title={t("report.title")} hasOwnHeading={report.data !== undefined}>
      {person === null ? (
        <SessionWait />
      ) : report.isError ? (
        <EmptyState
          icon={<CloudOff size={28} />}
          title={t("report.failed_title")}
          text={`${httpSentence(report.error, t)} ${t("lobby.code", { code: httpCode(report.error) })}`}
          action={<Button onPress={() => void report.refetch()}>{t("action.retry")}</Button>}
        />
      ) : report.isPending ? (
        <PageSkeleton />
      ) : (
        <>
          <ReportHead id={id} report={report.data} />
          <ReportTables report={report.data} />
        </>
      )}
    </PageFrame>
  );
}

function ReportHead({ id, report }: { id: ConferenceId; report: EndReport }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const { opened_ms: openedMs, ended_ms: endedMs } = report;
  return (
    <header className={styles.head}>
      <div>
        <p className={styles.kicker}>{t("report.title")}</p>
        <h1 className={styles.title}>{report.title}</h1>
        <p className={styles.facts}>
          {[
            openedMs === null ? t("report.never") : `${dayOf(openedMs, language)}, ${clockTime(openedMs)}`,
            openedMs !== null && endedMs !== null
              ? t("report.lasted", { time: roughSpan(endedMs - openedMs, t), end: clockTime(endedMs) })
              : "",
            report.label,
            t("report.people", { count: report.people.length }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </div>
      <SheetMenu conference={id} />
    </header>
  );
}
