/**
 * What can be done about a planned meeting: enter, copy its link, change, move, cancel, read its report.
 */
import { Ban, CalendarClock, Check, FileText, Link2, Pencil, Video } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { MeetingPlan, PlanChange } from "../../../protocol/generated";
import { conferencePath, editPath, invitationLink, reportPath } from "../../../routes";
import { Button, ButtonLink } from "../../../ui/Button";
import { useCopy } from "../../../ui/copy";
import { VisuallyHidden } from "../../../ui/VisuallyHidden";
import { CancelDialog } from "./CancelDialog";
import { MoveDialog } from "./MoveDialog";
import styles from "./PlanPage.module.css";

type PlanActionsProps = { plan: MeetingPlan; onMoved: (back: Partial<PlanChange> | null) => void };

export function PlanActions({ plan, onMoved }: PlanActionsProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState<"move" | "cancel" | null>(null);
  const { isCopied, copy } = useCopy(invitationLink(plan.id));
  const isAhead = plan.state === "planned" || plan.state === "running";
  const mayMove = plan.may_edit && (plan.state === "planned" || plan.state === "passed");
  return (
    <div className={styles.actions}>
      {isAhead ? (
        <ButtonLink
          href={conferencePath(plan.id)}
          variant="primary"
          icon={<Video size={18} aria-hidden />}
          onFollow={navigate}
        >
          {t("home.join")}
        </ButtonLink>
      ) : null}
      {isAhead ? (
        <Button
          icon={isCopied ? <Check size={18} aria-hidden /> : <Link2 size={18} aria-hidden />}
          onPress={copy}
        >
          {t(isCopied ? "action.link_copied" : "action.copy_link")}
        </Button>
      ) : null}
      {isAhead ? <VisuallyHidden isLive>{isCopied ? t("action.link_copied") : ""}</VisuallyHidden> : null}
      {plan.may_edit && isAhead ? (
        <ButtonLink href={editPath(plan.id)} icon={<Pencil size={18} aria-hidden />} onFollow={navigate}>
          {t("plan.edit")}
        </ButtonLink>
      ) : null}
      {mayMove && plan.starts_ms !== undefined ? (
        <Button icon={<CalendarClock size={18} aria-hidden />} onPress={() => setAsking("move")}>
          {t("plan.move")}
        </Button>
      ) : null}
      {plan.may_edit && (plan.state === "ended" || plan.state === "running") ? (
        <ButtonLink href={reportPath(plan.id)} icon={<FileText size={18} aria-hidden />} onFollow={navigate}>
          {t("plan.report")}
        </ButtonLink>
      ) : null}
      {mayMove ? (
        <Button
          variant="danger-outline"
          icon={<Ban size={18} aria-hidden />}
          onPress={() => setAsking("cancel")}
        >
          {t("plan.cancel")}
        </Button>
      ) : null}
      {asking === "move" ? (
        <MoveDialog plan={plan} onMoved={onMoved} onClose={() => setAsking(null)} />
      ) : null}
      {asking === "cancel" ? <CancelDialog plan={plan} onClose={() => setAsking(null)} /> : null}
    </div>
  );
}
