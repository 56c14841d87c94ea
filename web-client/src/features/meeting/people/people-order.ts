/**
 * The reading order of the people list.
 */
import type { ParticipantId, ParticipantView, Role } from "../../../protocol/generated";
import { byVietnamese } from "../../../ui/names";

const FIRST: readonly Role[] = ["chair", "secretary"];

/** Chair, secretary, oneself, then everybody by name. */
export function inReadingOrder(
  people: readonly ParticipantView[],
  self: ParticipantId | null,
): readonly ParticipantView[] {
  const rank = (person: ParticipantView) => {
    const byRole = FIRST.indexOf(person.role);
    if (byRole >= 0) return byRole;
    return person.id === self ? FIRST.length : FIRST.length + 1;
  };
  return [...people].sort(
    (left, right) => rank(left) - rank(right) || byVietnamese(left.name, right.name) || left.id - right.id,
  );
}
