/** What a web-hook can be told of, and the words for it. Used by the pages of this folder. */
import type { TFunction } from "i18next";
import type { HookEvent } from "../../protocol/generated";

/** `test` is not among them: it is sent when it is pressed. */
export const EVENTS: readonly HookEvent[] = [
  "meeting.planned",
  "meeting.changed",
  "meeting.cancelled",
  "meeting.opened",
  "meeting.ended",
  "invitation.answered",
  "roll_call.finished",
];

export function eventWords(event: HookEvent, t: TFunction): string {
  return t(`hooks.event.${event.replace(".", "_")}` as "hooks.event.test");
}
