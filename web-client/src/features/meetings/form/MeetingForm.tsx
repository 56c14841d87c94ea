/**
 * The form of a meeting, new or planned already: all its parts, what is wrong, and saving.
 */
import { CircleAlert, Save as SaveIcon, Send } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { MeetingPlan, SeriesScope } from "../../../protocol/generated";
import { MEETINGS, planPath } from "../../../routes";
import { Button } from "../../../ui/Button";
import { meetingSentence } from "../../../ui/meeting-sentence";
import { Banner } from "../../../ui/Notice";
import { Select } from "../../../ui/Select";
import { AgendaSection } from "./AgendaSection";
import { BasicsSection } from "./BasicsSection";
import { ConflictNotice } from "./ConflictNotice";
import { type Draft, draftOf, draftOfTemplate, EMPTY, toMeeting } from "./draft";
import { LeaveGuard } from "./LeaveGuard";
import styles from "./MeetingForm.module.css";
import { PeopleSection } from "./PeopleSection";
import { SeriesSection } from "./SeriesSection";
import { SitesSection } from "./SitesSection";
import { TemplateBar } from "./TemplateBar";
import { TimeSection } from "./TimeSection";
import { useConflicts } from "./use-conflicts";
import { useSave } from "./use-save";

export function MeetingForm({ plan }: { plan: MeetingPlan | null }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const form = useRef<HTMLFormElement>(null);
  const [before] = useState<Draft>(() => (plan === null ? EMPTY : draftOf(plan)));
  const [draft, setDraft] = useState<Draft>(before);
  const [savedAs, setSavedAs] = useState<string | null>(null);
  // The guard has let go by then: effects of what is inside run first.
  useEffect(() => {
    if (savedAs !== null) navigate(planPath(savedAs));
  }, [savedAs, navigate]);
  const [scope, setScope] = useState<SeriesScope>("this");
  const found = useConflicts(draft, plan?.id);
  const change = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }));
  const save = useSave({
    draft,
    before,
    plan,
    form,
    onDone: setSavedAs,
  });
  const part = { draft, change, problems: save.problems };
  const wrong = Object.keys(save.problems).length;
  return (
    <form
      ref={form}
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.send(plan?.series ? { scope } : {});
      }}
    >
      {plan === null ? (
        <TemplateBar
          onChoose={(meeting) => setDraft(draftOfTemplate(meeting, draft))}
          meeting={() => toMeeting({ ...draft, day: "" }, [...draft.sites])}
        />
      ) : null}
      <BasicsSection {...part} />
      <TimeSection {...part} />
      {plan === null ? <SeriesSection {...part} /> : null}
      <AgendaSection {...part} />
      <SitesSection draft={draft} change={change} />
      {plan === null ? <PeopleSection draft={draft} change={change} /> : null}
      <footer className={styles.foot}>
        <ConflictNotice conflicts={found} />
        {save.failure ? (
          <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
            {meetingSentence(save.failure, t)}
          </Banner>
        ) : wrong > 0 ? (
          <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
            {t("form.wrong", { count: wrong })}
          </Banner>
        ) : null}
        <div className={styles.actions}>
          {plan?.series ? (
            <Select
              label={t("form.scope")}
              options={(["this", "following"] as const).map((id) => ({ id, label: t(`form.scope_${id}`) }))}
              value={scope}
              placeholder=""
              onChange={(id) => setScope(id === "following" ? "following" : "this")}
            />
          ) : null}
          <Button onPress={() => navigate(plan === null ? MEETINGS : planPath(plan.id))}>
            {t("action.cancel")}
          </Button>
          <Button
            type="submit"
            variant={plan === null ? "secondary" : "primary"}
            icon={<SaveIcon size={18} aria-hidden />}
            isDisabled={save.isBusy}
          >
            {t(plan === null ? "form.save" : "form.save_change")}
          </Button>
          {plan === null ? (
            <Button
              variant="primary"
              icon={<Send size={18} aria-hidden />}
              isDisabled={save.isBusy}
              onPress={() => save.send({ invite: true })}
            >
              {t("form.save_invite")}
            </Button>
          ) : null}
        </div>
      </footer>
      <LeaveGuard
        isDirty={savedAs === null && JSON.stringify(plain(draft)) !== JSON.stringify(plain(before))}
      />
    </form>
  );
}

/** A draft without sets, for comparing. */
function plain(draft: Draft) {
  return { ...draft, sites: [...draft.sites].sort() };
}
