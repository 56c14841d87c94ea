/**
 * What is planned for one meeting: time, agenda, sites, what can be done about it, and its invitations.
 */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CloudOff, RotateCcw, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Redirect } from "wouter";
import { clockTime, dayOf } from "../../../i18n/format";
import type { ConferenceId, MeetingPlan, PlanChange } from "../../../protocol/generated";
import { meetingPlan } from "../../../protocol/meetings";
import { loginPath, planPath } from "../../../routes";
import { Button } from "../../../ui/Button";
import { EmptyState } from "../../../ui/EmptyState";
import { useLanguage } from "../../../ui/language";
import { meetingSentence } from "../../../ui/meeting-sentence";
import { Banner } from "../../../ui/Notice";
import { PageFrame, PageSkeleton } from "../../../ui/PageFrame";
import { httpCode } from "../../../ui/refusals";
import { SessionWait } from "../../../ui/SessionWait";
import { useSession } from "../../../ui/session";
import { CancelledBanner } from "./CancelledBanner";
import { Invitations } from "./Invitations";
import { PlanActions } from "./PlanActions";
import { PlanFacts } from "./PlanFacts";
import styles from "./PlanPage.module.css";
import { useChangePlan } from "./use-change-plan";

export function PlanPage({ id }: { id: ConferenceId }) {
  const { t } = useTranslation();
  const session = useSession();
  const person = session.data ?? null;
  const plan = useQuery({ queryKey: ["plan", id], queryFn: () => meetingPlan(id), enabled: person !== null });
  if (!session.isPending && !session.isError && !person)
    return <Redirect to={loginPath(planPath(id))} replace />;
  return (
    <PageFrame title={plan.data?.title ?? t("meetings.title")} hasOwnHeading={plan.data !== undefined}>
      {person === null ? (
        <SessionWait />
      ) : plan.isError ? (
        <EmptyState
          icon={<CloudOff size={28} />}
          title={t("plan.failed_title")}
          text={`${meetingSentence(plan.error, t)} ${t("lobby.code", { code: httpCode(plan.error) })}`}
          action={<Button onPress={() => void plan.refetch()}>{t("action.retry")}</Button>}
        />
      ) : plan.isPending ? (
        <PageSkeleton />
      ) : (
        <Plan plan={plan.data} />
      )}
    </PageFrame>
  );
}

function Plan({ plan }: { plan: MeetingPlan }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  /** What takes the move of this page back. */
  const [movedFrom, setMovedFrom] = useState<Partial<PlanChange> | null>(null);
  /** The cancellation was taken back on this page. */
  const [isRestored, setIsRestored] = useState(false);
  const back = useChangePlan(plan.id, () => setMovedFrom(null));
  return (
    <>
      {movedFrom !== null && plan.starts_ms !== undefined ? (
        <Banner
          kind="ok"
          icon={<Undo2 size={20} aria-hidden />}
          isLive
          action={
            <Button size="dense" isDisabled={back.isPending} onPress={() => back.mutate(movedFrom)}>
              {t("plan.move_back")}
            </Button>
          }
        >
          {t("plan.moved", { time: clockTime(plan.starts_ms), day: dayOf(plan.starts_ms, language) })}
        </Banner>
      ) : null}
      {back.isError ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {meetingSentence(back.error, t)}
        </Banner>
      ) : null}
      {plan.state === "cancelled" ? (
        <CancelledBanner plan={plan} onRestored={() => setIsRestored(true)} />
      ) : isRestored ? (
        <Banner kind="ok" icon={<RotateCcw size={20} aria-hidden />} isLive>
          {t("plan.restored")}
        </Banner>
      ) : null}
      <div className={styles.card}>
        <PlanFacts plan={plan} />
        <PlanActions plan={plan} onMoved={setMovedFrom} />
      </div>
      {plan.may_edit ? <Invitations plan={plan} /> : null}
    </>
  );
}
