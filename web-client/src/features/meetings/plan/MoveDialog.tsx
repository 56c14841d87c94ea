/**
 * Moves a meeting to another time; everybody who was invited is told.
 */
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { clockTime, dayField, dayOf, timeRange, vietnameseTime } from "../../../i18n/format";
import type { MeetingPlan, PlanChange, SeriesScope } from "../../../protocol/generated";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { useLanguage } from "../../../ui/language";
import { meetingSentence } from "../../../ui/meeting-sentence";
import { Banner } from "../../../ui/Notice";
import { TextField } from "../../../ui/TextField";
import styles from "./PlanPage.module.css";
import { ScopeSelect } from "./ScopeSelect";
import { useChangePlan } from "./use-change-plan";

type MoveDialogProps = {
  plan: MeetingPlan;
  /** Told the change that takes it back; null when none does. */
  onMoved: (back: Partial<PlanChange> | null) => void;
  onClose: () => void;
};

export function MoveDialog({ plan, onMoved, onClose }: MoveDialogProps) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const from = plan.starts_ms ?? Date.now();
  const opensMs = plan.opens_ms;
  const [day, setDay] = useState(() => dayField(from));
  const [time, setTime] = useState(() => clockTime(from));
  const [scope, setScope] = useState<SeriesScope>("this");
  const change = useChangePlan(plan.id, () => {
    onMoved(
      scope === "this" ? { starts_ms: from, ...(opensMs === undefined ? {} : { opens_ms: opensMs }) } : null,
    );
    onClose();
  });
  const startsMs = day && time ? vietnameseTime(`${day}T${time}`) : null;
  const isPast = startsMs !== null && startsMs < Date.now();
  const move = () => {
    if (startsMs === null || isPast || startsMs === from) return;
    // The door moves with the start.
    const opens = opensMs === undefined ? {} : { opens_ms: opensMs + startsMs - from };
    change.mutate({ starts_ms: startsMs, ...opens, ...(plan.series ? { scope } : {}) });
  };
  return (
    <Dialog
      title={t("plan.move_title")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button
            variant="primary"
            isDisabled={change.isPending || startsMs === null || startsMs === from}
            onPress={move}
          >
            {t("plan.move_confirm")}
          </Button>
        </>
      }
    >
      {change.isError ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {meetingSentence(change.error, t)}
        </Banner>
      ) : null}
      <p>{t("plan.move_text")}</p>
      <TextField
        label={t("form.day")}
        type="date"
        value={day}
        onChange={setDay}
        error={isPast ? t("form.problem.in_the_past") : undefined}
        autoFocus
      />
      <TextField label={t("form.start")} type="time" value={time} onChange={setTime} />
      {startsMs === null ? null : (
        <p className={styles.muted}>
          {dayOf(startsMs, language)} · {timeRange(startsMs, plan.minutes)}
        </p>
      )}
      {plan.series ? <ScopeSelect scope={scope} onChange={setScope} /> : null}
    </Dialog>
  );
}
