/**
 * Changes what is planned, and asks anew for everything that shows it. Used by the page of a plan.
 */
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import type { ConferenceId, PlanChange, PlanChanged } from "../../../protocol/generated";
import { changePlan } from "../../../protocol/meetings";

export function useChangePlan(
  id: ConferenceId,
  onDone: () => void,
): UseMutationResult<PlanChanged, Error, Partial<PlanChange>> {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<PlanChange>) => changePlan(id, change),
    onSuccess: ({ plan }) => {
      queries.setQueryData(["plan", id], plan);
      onDone();
    },
    onSettled: () => {
      for (const key of ["today", "meetings", "plan", "invitations"]) {
        void queries.invalidateQueries({ queryKey: [key] });
      }
    },
  });
}
