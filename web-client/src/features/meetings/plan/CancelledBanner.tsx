/**
 * Says that a meeting is cancelled, and why; whoever may edit it takes that back with one press.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { MeetingPlan, SeriesScope } from "../../../protocol/generated";
import { restoreMeeting } from "../../../protocol/meetings";
import { Button } from "../../../ui/Button";
import { meetingSentence } from "../../../ui/meeting-sentence";
import { Banner } from "../../../ui/Notice";
import styles from "./PlanPage.module.css";

export function CancelledBanner({ plan, onRestored }: { plan: MeetingPlan; onRestored: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const restore = useMutation({
    mutationFn: (scope: SeriesScope) => restoreMeeting(plan.id, plan.series ? { scope } : {}),
    onSuccess: onRestored,
    onSettled: () => {
      for (const key of ["today", "meetings", "plan", "invitations"]) {
        void queries.invalidateQueries({ queryKey: [key] });
      }
    },
  });
  const press = (scope: SeriesScope, words: string) => (
    <Button size="dense" isDisabled={restore.isPending} onPress={() => restore.mutate(scope)}>
      {words}
    </Button>
  );
  const buttons = plan.series ? (
    <div className={styles.both}>
      {press("this", t("plan.restore_this"))}
      {press("following", t("plan.restore_all"))}
    </div>
  ) : (
    press("this", t("plan.restore"))
  );
  return (
    <>
      <Banner
        kind="danger"
        icon={<CircleAlert size={20} aria-hidden />}
        action={plan.may_edit ? buttons : undefined}
      >
        {plan.cancel_reason
          ? t("plan.cancelled_because", { reason: plan.cancel_reason })
          : t("plan.cancelled")}
      </Banner>
      {restore.isError ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {meetingSentence(restore.error, t)}
        </Banner>
      ) : null}
    </>
  );
}
