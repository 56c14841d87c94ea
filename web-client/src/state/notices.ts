/**
 * Which changes of a meeting the person is told about, and how. Pure: from the state before a
 * change and the change to a list of notices; `tellNotices` hands them to the toasts and the
 * announcer. Holds no text.
 */
import type { Delta, FloorView, ParticipantId } from "../protocol/generated";
import type { EffectStates } from "../rtc/effects/own-effects";
import type { AnnouncementCode, Announcer } from "./announcer";
import type { MeetingState } from "./meeting-store";
import type { ToastCode, Toasts } from "./toasts";

export type Notice =
  | { to: "toast"; code: ToastCode; facts: Record<string, string | number> }
  /** Takes back what was said a moment ago. */
  | { to: "dismiss"; code: ToastCode }
  | { to: "polite" | "assertive"; code: AnnouncementCode; name: string };

/** What `delta`, coming after `before`, is worth telling. */
export function noticesOf(before: MeetingState, delta: Delta): Notice[] {
  const own = before.you?.participant;
  const nameOf = (id: ParticipantId | null) => (id === null ? "" : (before.participants.get(id)?.name ?? ""));
  switch (delta.kind) {
    case "joined":
      return delta.participant.id === own ? [] : [polite("joined", delta.participant.name)];
    case "left":
      return [polite("left", nameOf(delta.participant))];
    case "changed": {
      const old = before.participants.get(delta.participant.id);
      const { id, name, microphone, muted_by, screen } = delta.participant;
      const notices: Notice[] = [];
      if (id === own && old?.microphone && !microphone && muted_by !== null && muted_by !== own) {
        notices.push(toast("muted_by", nameOf(muted_by)), assertive("muted", nameOf(muted_by)));
      }
      if (id !== own && old !== undefined && old.screen !== screen) {
        notices.push(toast(screen ? "sharing_started" : "sharing_stopped", name));
        if (screen) notices.push(polite("sharing", name));
      }
      return notices;
    }
    case "conference": {
      const old = before.conference;
      if (old === null) return [];
      const notices = presidingNotices(before, delta.info.presiding);
      if (delta.by === own) return notices;
      if (old.locked !== delta.info.locked) {
        notices.push(toast(delta.info.locked ? "locked_by" : "unlocked_by", nameOf(delta.by)));
      }
      if (old.opens_ms !== undefined && delta.info.opens_ms === undefined) {
        notices.push(toast("door_opened_by", nameOf(delta.by)));
      }
      if (old.waiting_room !== delta.info.waiting_room) {
        notices.push(
          toast(delta.info.waiting_room ? "waiting_room_on" : "waiting_room_off", nameOf(delta.by)),
        );
      }
      return notices;
    }
    case "hands": {
      const raised = delta.hands.filter((id) => id !== own && !before.hands.includes(id));
      const notices: Notice[] = raised.map((id) => polite("hand_raised", nameOf(id)));
      const lowered = own !== undefined && before.hands.includes(own) && !delta.hands.includes(own);
      // `handWish` false means that the person has lowered it himself.
      const isCalled = own !== undefined && before.floor.turn?.participant === own;
      // A turn that begins ends the wish for it.
      if (lowered && !isCalled && before.handWish !== false) notices.push(toast("hand_lowered_by", ""));
      return notices;
    }
    case "chat":
      return delta.message.from === own ? [] : [polite("chat", delta.message.name)];
    case "waiting": {
      const known = new Set(before.waiting.map((person) => person.participant));
      const fresh = delta.waiting.filter((person) => !known.has(person.participant));
      const [first] = fresh;
      if (first === undefined) return [];
      return [
        { to: "toast", code: "somebody_waits", facts: { name: first.name, count: delta.waiting.length } },
        polite("waiting", first.name),
      ];
    }
    case "you":
      return before.you !== null && before.you.role !== delta.you.role
        ? [{ to: "toast", code: "role_changed", facts: { role: delta.you.role } }]
        : [];
    case "muted": {
      const isMine = own !== undefined && delta.participants.includes(own) && delta.by !== own;
      const wasOn = own !== undefined && before.participants.get(own)?.microphone === true;
      if (!isMine || !wasOn) return [];
      return [toast("muted_by", nameOf(delta.by)), assertive("muted", nameOf(delta.by))];
    }
    case "unmuted":
      return own !== undefined && delta.participants.includes(own) ? [assertive("unmuted", "")] : [];
    case "floor":
      return floorNotices(before, delta.floor);
    case "stage": {
      const { of, pictures } = delta.stage;
      const isNews = own !== undefined && pictures.includes(own) && !before.stage.pictures.includes(own);
      return isNews && of !== "floor" && of !== "nobody" ? [assertive("on_stage", "")] : [];
    }
    case "agenda": {
      const open = delta.agenda.find((item) => item.opened_ms !== undefined);
      const old = before.agenda.find((item) => item.opened_ms !== undefined);
      return open !== undefined && open.item !== old?.item ? [polite("item_opened", open.title)] : [];
    }
    case "sites":
    case "sites_changed":
    case "roll_call":
    case "patrol":
    case "pictures":
      return [];
  }
}

/** Somebody else leads from now on; who came first as the chair is no news. */
function presidingNotices(before: MeetingState, now: ParticipantId | undefined): Notice[] {
  const old = before.conference?.presiding;
  if (now === undefined || old === undefined || now === old) return [];
  if (now === before.you?.participant) return [toast("you_lead", "")];
  const name = before.participants.get(now)?.name ?? "";
  return name ? [toast("leads_now", name)] : [];
}

function floorNotices(before: MeetingState, floor: FloorView): Notice[] {
  const own = before.you?.participant;
  const { turn } = before.floor;
  if (floor.turn === null) {
    const isOver = turn !== null && turn.participant === own;
    return isOver ? [toast("turn_over", ""), assertive("turn_over", "")] : [];
  }
  if (floor.turn.number === turn?.number) return [];
  if (floor.turn.participant !== own) return [polite("speaks", floor.turn.name)];
  // The turn ends the wish for it; the server may tell of the hand first.
  return [{ to: "dismiss", code: "hand_lowered_by" }, assertive("called", "")];
}

/** Shows and announces `notices`. */
export function tellNotices(notices: readonly Notice[], to: { toasts: Toasts; announcer: Announcer }): void {
  for (const notice of notices) {
    if (notice.to === "toast") to.toasts.show(notice.code, notice.facts);
    else if (notice.to === "dismiss") {
      const said = to.toasts.store.getState().shown.filter((one) => one.code === notice.code);
      for (const one of said) to.toasts.dismiss(one.id);
    } else to.announcer[notice.to](notice.code, notice.name);
  }
}

/** An effect that the person had on went off by itself: said at once, others now see or hear more. */
export function tellLostEffects(before: EffectStates, now: EffectStates, toasts: Toasts): void {
  for (const kind of ["blur", "noise"] as const) {
    const { trouble } = now[kind];
    if (trouble !== null && before[kind].isOn) {
      toasts.show("effect_off", { effect: kind, error: trouble }, "error");
    }
  }
}

function toast(code: ToastCode, name: string): Notice {
  return { to: "toast", code, facts: { name } };
}

function polite(code: AnnouncementCode, name: string): Notice {
  return { to: "polite", code, name };
}

function assertive(code: AnnouncementCode, name: string): Notice {
  return { to: "assertive", code, name };
}
