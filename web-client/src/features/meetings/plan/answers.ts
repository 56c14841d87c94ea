/**
 * Invitations counted and filtered by answer. Pure; used by Invitations.
 */
import type { Invitation, InvitationAnswer } from "../../../protocol/generated";
import { byVietnamese, folded } from "../../../ui/names";
import { INVITED_ROLES } from "../RoleSelect";

export const ANSWERS: readonly InvitationAnswer[] = ["waiting", "yes", "no", "delegated"];

export function countAnswers(all: readonly Invitation[]): Record<InvitationAnswer, number> {
  const count = { waiting: 0, yes: 0, no: 0, delegated: 0 };
  for (const one of all) count[one.answer] += 1;
  return count;
}

/** Those with this answer whose words hold the text, by role, then by name. */
export function foundAmong(
  all: readonly Invitation[],
  answer: InvitationAnswer | null,
  text: string,
): readonly Invitation[] {
  const wanted = folded(text);
  return all
    .filter((one) => answer === null || one.answer === answer)
    .filter((one) => folded(`${one.name} ${one.unit} ${one.email} ${one.user}`).includes(wanted))
    .sort(
      (left, right) =>
        INVITED_ROLES.indexOf(left.role) - INVITED_ROLES.indexOf(right.role) ||
        byVietnamese(left.name, right.name),
    );
}

/** Who has not been sent anything yet. */
export function unsent(all: readonly Invitation[]): readonly Invitation[] {
  return all.filter((one) => one.mail === undefined && one.email !== "");
}
