/**
 * Cancels a meeting for good, with the reason that everybody who was invited reads.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MeetingPlan, SeriesScope } from "../../../protocol/generated";
import { cancelMeeting } from "../../../protocol/meetings";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { meetingSentence } from "../../../ui/meeting-sentence";
import { Banner } from "../../../ui/Notice";
import { TextBox } from "../../../ui/TextBox";
import { ScopeSelect } from "./ScopeSelect";

const MAX_REASON = 500;

export function CancelDialog({ plan, onClose }: { plan: MeetingPlan; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const [scope, setScope] = useState<SeriesScope>("this");
  const cancel = useMutation({
    mutationFn: () => {
      const words = reason.trim().normalize("NFC");
      return cancelMeeting(plan.id, {
        ...(words ? { reason: words } : {}),
        ...(plan.series ? { scope } : {}),
      });
    },
    onSuccess: onClose,
    onSettled: () => {
      for (const key of ["today", "meetings", "plan", "invitations"]) {
        void queries.invalidateQueries({ queryKey: [key] });
      }
    },
  });
  return (
    <Dialog
      title={t("plan.cancel_title")}
      isOpen
      role="alertdialog"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose} autoFocus>
            {t("plan.keep")}
          </Button>
          <Button variant="danger" isDisabled={cancel.isPending} onPress={() => cancel.mutate()}>
            {t("plan.cancel_confirm")}
          </Button>
        </>
      }
    >
      {cancel.isError ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {meetingSentence(cancel.error, t)}
        </Banner>
      ) : null}
      <p>{t("plan.cancel_text", { title: plan.title })}</p>
      <TextBox
        label={t("plan.cancel_reason")}
        help={t("plan.cancel_reason_help")}
        value={reason}
        onChange={setReason}
        maxLength={MAX_REASON}
      />
      {plan.series ? <ScopeSelect scope={scope} onChange={setScope} /> : null}
    </Dialog>
  );
}
