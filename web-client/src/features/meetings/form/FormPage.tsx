/**
 * The page of the form: a new meeting, or the change of one that is planned.
 */
import { useQuery } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Redirect, useLocation } from "wouter";
import type { ConferenceId } from "../../../protocol/generated";
import { meetingPlan } from "../../../protocol/meetings";
import { editPath, loginPath, MEETINGS, mayPlan, NEW_MEETING } from "../../../routes";
import { Button, ButtonLink } from "../../../ui/Button";
import { EmptyState } from "../../../ui/EmptyState";
import { PageFrame, PageSkeleton } from "../../../ui/PageFrame";
import { httpCode, httpSentence } from "../../../ui/refusals";
import { SessionWait } from "../../../ui/SessionWait";
import { useSession } from "../../../ui/session";
import { NotForPlanning } from "../NotForPlanning";
import { MeetingForm } from "./MeetingForm";

export function FormPage({ id }: { id: ConferenceId | null }) {
  const { t } = useTranslation();
  const session = useSession();
  const person = session.data ?? null;
  const here = id === null ? NEW_MEETING : editPath(id);
  if (!session.isPending && !session.isError && !person) return <Redirect to={loginPath(here)} replace />;
  if (person && (person.guest || (id === null && !mayPlan(person.role)))) return <NotForPlanning />;
  return (
    <PageFrame title={t(id === null ? "form.title_new" : "form.title_edit")}>
      {person === null ? <SessionWait /> : id === null ? <MeetingForm plan={null} /> : <Edit id={id} />}
    </PageFrame>
  );
}

function Edit({ id }: { id: ConferenceId }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const plan = useQuery({
    queryKey: ["plan", id],
    queryFn: () => meetingPlan(id),
    refetchOnWindowFocus: false,
  });
  if (plan.isPending) return <PageSkeleton />;
  if (plan.isError || !plan.data.may_edit) {
    return (
      <EmptyState
        icon={<CloudOff size={28} />}
        title={t("plan.failed_title")}
        text={
          plan.isError
            ? `${httpSentence(plan.error, t)} ${t("lobby.code", { code: httpCode(plan.error) })}`
            : t("http.not_allowed")
        }
        action={
          plan.isError ? (
            <Button onPress={() => void plan.refetch()}>{t("action.retry")}</Button>
          ) : (
            <ButtonLink href={MEETINGS} onFollow={navigate}>
              {t("meetings.title")}
            </ButtonLink>
          )
        }
      />
    );
  }
  return <MeetingForm plan={plan.data} />;
}
