/**
 * What a server would make of an act on the course of a meeting: the deltas of each request. A plain
 * stand-in for the rules of the server, good enough to press every button. Used by fake-meeting.ts.
 */
import type { Delta, ParticipantId, SiteId, StageView } from "../protocol/generated";
import type { CourseRequest } from "../state/meeting";
import type { MeetingState } from "../state/meeting-store";

type Apply = (delta: Delta) => void;

/** How long a bulk mute can be taken back, in ms. */
const UNDO_MS = 8000;

/** Silences everybody but `by`, chairs and who has the floor. */
export function muteAll(state: MeetingState, by: ParticipantId, apply: Apply): void {
  const participants = state.order.filter((id) => {
    const person = state.participants.get(id);
    const isSpared = id === by || person?.role === "chair" || state.floor.turn?.participant === id;
    return person?.microphone === true && !isSpared;
  });
  apply({ kind: "muted", participants, by, undo_until_ms: Date.now() + UNDO_MS });
}

/** Carries `request` of `by` out. */
export function carryOut(
  request: CourseRequest,
  read: () => MeetingState,
  by: ParticipantId,
  apply: Apply,
): void {
  const state = read();
  const { floor, undo, conference: info } = state;
  switch (request.type) {
    case "undo_mute": {
      const muted = state.order.filter((id) => state.participants.get(id)?.muted_by === undo?.by);
      if (undo !== null) apply({ kind: "unmuted", participants: muted, by });
      return;
    }
    case "microphones":
      if (info !== null)
        apply({ kind: "conference", info: { ...info, microphones: request.microphones }, by });
      return;
    case "set_kind":
      if (info !== null) apply({ kind: "conference", info: { ...info, kind: request.kind }, by });
      return;
    case "name_deputy": {
      if (info === null) return;
      const { deputy: _, ...rest } = info;
      const named = request.participant === null ? rest : { ...rest, deputy: request.participant };
      apply({ kind: "conference", info: named, by });
      return;
    }
    case "request_floor": {
      const queue = request.queue ?? "speech";
      const participant = request.participant ?? by;
      const asked = { participant, subject: request.subject ?? "", since_ms: Date.now() };
      const isThere = floor[queue].some((one) => one.participant === participant);
      const list = isThere ? floor[queue] : [...floor[queue], asked];
      apply({ kind: "floor", floor: { ...floor, [queue]: list } });
      tellHands(read(), apply);
      return;
    }
    case "withdraw_floor": {
      const gone = request.participant ?? by;
      const without = (list: typeof floor.speech) => list.filter((one) => one.participant !== gone);
      apply({
        kind: "floor",
        floor: { ...floor, speech: without(floor.speech), question: without(floor.question) },
      });
      tellHands(read(), apply);
      return;
    }
    case "move_request": {
      const list = [...floor[request.queue]];
      const at = list.findIndex((one) => one.participant === request.participant);
      const [moved] = list.splice(at, 1);
      if (moved) list.splice(request.place, 0, moved);
      apply({ kind: "floor", floor: { ...floor, [request.queue]: list } });
      return;
    }
    case "grant_floor":
      grant(
        request.participant ??
          siteHolder(state, request.site) ??
          floor[request.queue ?? "speech"][0]?.participant,
        state,
        apply,
      );
      tellHands(read(), apply);
      return;
    case "release_floor":
      apply({ kind: "floor", floor: { ...floor, turn: null } });
      apply({ kind: "stage", stage: { ...state.stage, of: "nobody", pictures: [...state.stage.chosen] } });
      return;
    case "floor_time":
      apply({
        kind: "floor",
        floor: floor.turn
          ? { ...floor, turn: { ...floor.turn, limit_ms: request.limit_ms } }
          : { ...floor, limit_ms: request.limit_ms },
      });
      return;
    case "floor_registration":
      apply({ kind: "floor", floor: { ...floor, open: request.open } });
      return;
    case "set_stage": {
      const { layout, participants: chosen, free } = request;
      const stage: StageView = {
        layout,
        of: chosen.length > 0 ? "chosen" : "nobody",
        pictures: chosen,
        chosen,
        free,
      };
      apply({ kind: "stage", stage });
      return;
    }
    case "arrange_picture":
      if ((request.sites ?? []).length === 0 && request.arrangement !== null) {
        const groups = read().pictures?.groups ?? [];
        apply({ kind: "pictures", pictures: { for_all: request.arrangement, groups } });
      }
      return;
    case "set_caption": {
      const site = state.sites.get(request.site);
      const caption = request.caption?.trim() ?? "";
      if (site !== undefined) apply({ kind: "sites_changed", sites: [{ ...site, caption }] });
      return;
    }
    default:
      runAgenda(request, read, apply);
      callRoll(request, read, apply);
  }
}

function tellHands(state: MeetingState, apply: Apply): void {
  apply({ kind: "hands", hands: state.floor.speech.map((one) => one.participant) });
}

function siteHolder(state: MeetingState, site: SiteId | undefined): ParticipantId | undefined {
  if (site === undefined) return undefined;
  return state.order.find((id) => state.participants.get(id)?.site === site);
}

function grant(id: ParticipantId | undefined, state: MeetingState, apply: Apply): void {
  const holder = id === undefined ? undefined : state.participants.get(id);
  if (holder === undefined) return;
  const { floor } = state;
  const asked = [...floor.speech, ...floor.question].find((one) => one.participant === holder.id);
  const without = (list: typeof floor.speech) => list.filter((one) => one.participant !== holder.id);
  apply({
    kind: "floor",
    floor: {
      ...floor,
      speech: without(floor.speech),
      question: without(floor.question),
      turn: {
        number: (floor.turn?.number ?? 0) + 1,
        participant: holder.id,
        name: holder.name,
        position: "",
        site: holder.unit,
        subject: asked?.subject ?? "",
        since_ms: Date.now(),
        limit_ms: floor.limit_ms,
      },
    },
  });
  const others = state.stage.chosen.filter((one) => one !== holder.id);
  apply({ kind: "stage", stage: { ...state.stage, of: "floor", pictures: [holder.id, ...others] } });
  apply({ kind: "changed", participant: { ...holder, microphone: true, muted_by: null }, by: null });
}

function runAgenda(request: CourseRequest, read: () => MeetingState, apply: Apply): void {
  const { agenda } = read();
  const closed = agenda.map(({ opened_ms: since, ...item }) =>
    since === undefined ? item : { ...item, took_ms: item.took_ms + Date.now() - since, done: true },
  );
  if (request.type === "open_item") {
    const opened = closed.map((item) =>
      item.item === request.item ? { ...item, opened_ms: Date.now() } : item,
    );
    apply({ kind: "agenda", agenda: opened });
  } else if (request.type === "close_item") apply({ kind: "agenda", agenda: closed });
  else if (request.type === "conclude_item") {
    const { conclusion } = request;
    const concluded = agenda.map((item) => (item.item === request.item ? { ...item, conclusion } : item));
    apply({ kind: "agenda", agenda: concluded });
  } else if (request.type === "set_agenda") {
    const items = request.items.map((planned, at) => ({
      speakers: "",
      minutes: 0,
      took_ms: 0,
      done: false,
      conclusion: "",
      ...agenda.find((item) => item.item === planned.item),
      ...planned,
      item: planned.item ?? agenda.length + at + 1,
    }));
    apply({ kind: "agenda", agenda: items });
  }
}

function callRoll(request: CourseRequest, read: () => MeetingState, apply: Apply): void {
  const state = read();
  const all = state.siteOrder.map((id) => state.sites.get(id)).filter((site) => site !== undefined);
  const roll = state.rollCall;
  const call = (current: SiteId | undefined) => {
    const { sites, rollCall, stage } = read();
    if (rollCall === null) return;
    const { current: _, current_since_ms: __, ...rest } = rollCall;
    const left = [...sites.values()].filter((site) => site.due).length;
    const since = { current_since_ms: Date.now() };
    apply({ kind: "roll_call", roll_call: { ...rest, left, ...(current ? { current, ...since } : {}) } });
    const holder = siteHolder(read(), current);
    const pictures = holder === undefined ? [] : [holder];
    apply({
      kind: "stage",
      stage: {
        ...stage,
        layout: current ? "one" : "automatic",
        of: current ? "roll_call" : "nobody",
        pictures,
      },
    });
  };
  switch (request.type) {
    case "start_roll_call": {
      if (roll?.phase === "paused" && request.failed !== true) {
        apply({ kind: "roll_call", roll_call: { ...roll, phase: "running" } });
        return;
      }
      const isMeant = (result: string | undefined) => request.failed !== true || result !== "present";
      const sites = all.map(({ result, marked_ms: at, ...site }) =>
        isMeant(result)
          ? { ...site, due: true }
          : {
              ...site,
              due: false,
              ...(result ? { result } : {}),
              ...(at === undefined ? {} : { marked_ms: at }),
            },
      );
      const due = sites.filter((site) => site.due);
      apply({ kind: "sites", sites });
      apply({
        kind: "roll_call",
        roll_call: {
          number: (roll?.number ?? 0) + 1,
          phase: "running",
          started_ms: Date.now(),
          walk: due.length,
          left: due.length,
        },
      });
      call(due[0]?.id);
      return;
    }
    case "call_site":
      call(request.site);
      return;
    case "mark_site": {
      const { site: id, result, note = "", people, names = "" } = request;
      const site = state.sites.get(id);
      if (site === undefined) return;
      const found = {
        result,
        note,
        names,
        marked_ms: Date.now(),
        ...(people === undefined ? {} : { people }),
      };
      apply({ kind: "sites_changed", sites: [{ ...site, ...found, due: false }] });
      if (roll?.current === id) {
        const at = state.siteOrder.indexOf(id);
        const rest = [...all.slice(at + 1), ...all.slice(0, at)];
        call(rest.find((one) => one.due)?.id);
      } else call(roll?.current);
      return;
    }
    case "pause_roll_call":
      if (roll) apply({ kind: "roll_call", roll_call: { ...roll, phase: "paused" } });
      return;
    case "finish_roll_call":
      call(undefined);
      if (roll)
        apply({ kind: "roll_call", roll_call: { ...(read().rollCall ?? roll), phase: "finished", left: 0 } });
      return;
    case "call_absent": {
      const absent = all.filter((site) => siteHolder(state, site.id) === undefined);
      const meant = absent.filter((site) => request.sites.length === 0 || request.sites.includes(site.id));
      apply({ kind: "sites_changed", sites: meant.map((site) => ({ ...site, called_ms: Date.now() })) });
      return;
    }
    default:
      patrol(request, state, apply);
  }
}

function patrol(request: CourseRequest, state: MeetingState, apply: Apply): void {
  const here = state.siteOrder.filter((id) => siteHolder(state, id) !== undefined);
  if (request.type === "start_patrol") {
    const { sites, stay_ms, everybody } = request;
    const site = state.patrol?.site ?? here[0];
    const at = { ...(site === undefined ? {} : { site }), until_ms: Date.now() + stay_ms };
    apply({ kind: "patrol", patrol: { sites, stay_ms, everybody, ...at } });
  } else if (request.type === "turn_patrol" && state.patrol !== null) {
    const next = request.site ?? here[(here.indexOf(state.patrol.site ?? "") + 1) % here.length];
    const at = { ...(next === undefined ? {} : { site: next }), until_ms: Date.now() + state.patrol.stay_ms };
    apply({ kind: "patrol", patrol: { ...state.patrol, ...at } });
  } else if (request.type === "stop_patrol") apply({ kind: "patrol", patrol: null });
}
