/**
 * What the link of an invitation's mail leads to: the meeting, the own answer, and the way in, all without
 * signing in.
 */
import { useQuery } from "@tanstack/react-query";
import { CalendarClock, CircleAlert, Gavel, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { dayOf, timeRange } from "../../i18n/format";
import type { InvitationShown } from "../../protocol/generated";
import { HttpError } from "../../protocol/http";
import { shownInvitation } from "../../protocol/meetings";
import { HOME } from "../../routes";
import { Button, ButtonLink } from "../../ui/Button";
import { useLanguage } from "../../ui/language";
import { SecrecyBadge, StateBadge } from "../../ui/MeetingBadges";
import { Banner, NoticeCard } from "../../ui/Notice";
import { PageFrame, PageSkeleton } from "../../ui/PageFrame";
import { httpCode, httpSentence } from "../../ui/refusals";
import styles from "./AnswerPage.module.css";
import { Answers } from "./Answers";

export function AnswerPage({ token }: { token: string }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const invitation = useQuery({ queryKey: ["answer", token], queryFn: () => shownInvitation(token) });
  const isUnknown = invitation.error instanceof HttpError && invitation.error.refusal.error === "not_found";
  return (
    <PageFrame title={t("answer.page")} hasOwnHeading shape="card">
      {invitation.isPending ? (
        <PageSkeleton />
      ) : invitation.isError ? (
        <NoticeCard
          kind="warn"
          icon={<CircleAlert size={24} />}
          title={t(isUnknown ? "answer.unknown_title" : "answer.failed_title")}
          text={isUnknown ? t("answer.unknown_text") : httpSentence(invitation.error, t)}
          code={t("lobby.code", { code: httpCode(invitation.error) })}
          headingLevel={1}
          actions={
            isUnknown ? (
              <ButtonLink href={HOME} onFollow={navigate}>
                {t("app.home_link")}
              </ButtonLink>
            ) : (
              <Button onPress={() => void invitation.refetch()}>{t("action.retry")}</Button>
            )
          }
        />
      ) : (
        <Shown token={token} shown={invitation.data} />
      )}
    </PageFrame>
  );
}

function Shown({ token, shown }: { token: string; shown: InvitationShown }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const isAhead = shown.state === "planned" || shown.state === "running";
  return (
    <section className={styles.card}>
      <div className={styles.badges}>
        <StateBadge state={shown.state} participants={0} />
        <SecrecyBadge secrecy="public" label={shown.label} />
      </div>
      <p className={styles.to}>{t("answer.to", { name: shown.name })}</p>
      <h1 className={styles.title}>{shown.title}</h1>
      <ul className={styles.facts}>
        <li>
          <CalendarClock size={18} aria-hidden />
          {shown.starts_ms === undefined
            ? t("today.no_time")
            : `${timeRange(shown.starts_ms, shown.minutes)} · ${dayOf(shown.starts_ms, language)}`}
        </li>
        {shown.chair ? (
          <li>
            <Gavel size={18} aria-hidden />
            {t("today.chair", { name: shown.chair })}
          </li>
        ) : null}
        <li>
          <UserRound size={18} aria-hidden />
          {[t(`invited.${shown.role}`), shown.unit].filter(Boolean).join(" · ")}
        </li>
      </ul>
      {shown.state === "cancelled" ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />}>
          {shown.cancel_reason
            ? t("plan.cancelled_because", { reason: shown.cancel_reason })
            : t("plan.cancelled")}
        </Banner>
      ) : null}
      {isAhead ? <Answers token={token} shown={shown} /> : null}
    </section>
  );
}
