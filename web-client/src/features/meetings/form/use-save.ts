/**
 * Checks and sends what stands in the form: a new meeting, or what has changed of one. Used by MeetingForm.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useState } from "react";
import type { MeetingPlan, SeriesScope } from "../../../protocol/generated";
import { HttpError } from "../../../protocol/http";
import { changePlan, planMeeting } from "../../../protocol/meetings";
import { type Draft, toChange, toMeeting } from "./draft";
import { type Problems, problemsOf, problemsOfRefusal } from "./problems";
import { useSites } from "./SitesSection";

export interface Save {
  problems: Problems;
  /** What was thrown last; null when nothing, or when it stands at a field. */
  failure: unknown;
  isBusy: boolean;
  send: (how: { invite?: boolean; scope?: SeriesScope; notify?: boolean }) => void;
}

type Options = {
  draft: Draft;
  before: Draft;
  plan: MeetingPlan | null;
  form: RefObject<HTMLElement | null>;
  onDone: (id: string) => void;
};

export function useSave({ draft, before, plan, form, onDone }: Options): Save {
  const queries = useQueryClient();
  const { order, sites } = useSites();
  const [problems, setProblems] = useState<Problems>({});
  const save = useMutation({
    mutationFn: async (how: Parameters<Save["send"]>[0]) => {
      // Sites that this list does not know are kept: they may be of another tree.
      const known = new Set(sites.map((site) => site.id));
      const all = [...order, ...[...draft.sites, ...before.sites].filter((id) => !known.has(id))];
      const inOrder = [...new Set(all)];
      if (plan === null) {
        return (await planMeeting({ ...toMeeting(draft, inOrder), ...(how.invite ? { invite: true } : {}) }))
          .id;
      }
      const { scope, notify } = how;
      const change = { ...toChange(draft, before, inOrder), ...(scope ? { scope } : {}) };
      await changePlan(plan.id, { ...change, ...(notify === undefined ? {} : { notify }) });
      return plan.id;
    },
    onSuccess: (id) => {
      for (const key of ["today", "meetings", "plan", "invitations"]) {
        void queries.invalidateQueries({ queryKey: [key] });
      }
      onDone(id);
    },
    onError: (thrown) => {
      if (thrown instanceof HttpError) show(problemsOfRefusal(thrown.refusal));
    },
  });
  const show = (found: Problems) => {
    setProblems(found);
    if (Object.keys(found).length === 0) return;
    // The fields know of it once React has drawn them.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  };
  const isAtField = save.isError && Object.keys(problems).length > 0;
  return {
    problems,
    failure: isAtField ? null : save.error,
    isBusy: save.isPending,
    send: (how) => {
      const found = problemsOf(draft, Date.now(), plan === null ? undefined : before);
      show(found);
      if (Object.keys(found).length === 0 && !save.isPending) save.mutate(how);
    },
  };
}
