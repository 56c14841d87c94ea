/**
 * Checks every frame of the server before anything else sees it. Called by `rtc/connection.ts`.
 * Unknown message types (a newer server) and garbage are reported as such, to be counted and
 * ignored; nothing here throws.
 */
import type { ServerMessage, Volatile } from "./generated";

export type Decoded =
  /** `message` is null when its type is unknown or its form is wrong: its number counts all the same. */
  | { kind: "reliable"; seq: number; message: ServerMessage | null }
  | { kind: "volatile"; message: Volatile }
  /** A type that this client does not know. */
  | { kind: "unknown" }
  /** Not a message of the protocol. */
  | { kind: "garbage" };

type Check = (value: unknown) => boolean;

/** One text frame of the server. */
export function decode(text: unknown): Decoded {
  const frame = parsed(text);
  if (frame === null || typeof frame.type !== "string") return { kind: "garbage" };
  if (Object.hasOwn(frame, "seq")) {
    if (!isCount(frame.seq) || frame.seq === 0) return { kind: "garbage" };
    const fits = Object.hasOwn(RELIABLE, frame.type) && RELIABLE[frame.type]?.(frame) === true;
    return { kind: "reliable", seq: frame.seq, message: fits ? (frame as unknown as ServerMessage) : null };
  }
  const check = Object.hasOwn(VOLATILE, frame.type) ? VOLATILE[frame.type] : undefined;
  if (check === undefined) return { kind: "unknown" };
  return check(frame) ? { kind: "volatile", message: frame as unknown as Volatile } : { kind: "garbage" };
}

const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

function orMissing(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function oneOf(...allowed: readonly string[]): Check {
  return (value) => typeof value === "string" && allowed.includes(value);
}

function list(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

/** Fields that must be there; more may be, from a newer server. */
function shape(fields: Record<string, Check>): Check {
  const wanted = Object.entries(fields);
  return (value) => isRecord(value) && wanted.every(([name, check]) => check(value[name]));
}

/** One of several shapes, told apart by `tag`. */
function tagged(tag: string, shapes: Record<string, Check>): Check {
  return (value) => {
    if (!isRecord(value)) return false;
    const name = value[tag];
    return typeof name === "string" && Object.hasOwn(shapes, name) && (shapes[name]?.(value) ?? false);
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: unknown): Record<string, unknown> | null {
  if (typeof text !== "string") return null;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

const source = oneOf("microphone", "camera", "screen", "screen_audio");

// Roles and acts stay open: a newer server may know more of them than this page.
const participant = shape({
  id: isCount,
  name: isText,
  unit: isText,
  role: isText,
  presence: oneOf("here", "reconnecting"),
  microphone: isFlag,
  camera: isFlag,
  screen: isFlag,
  muted_by: orNull(isCount),
  site: orMissing(isText),
  spoken: orMissing(shape({ turns: isCount, total_ms: isNumber })),
});

const info = shape({
  id: isText,
  title: isText,
  label: isText,
  locked: isFlag,
  waiting_room: isFlag,
  ended: isFlag,
  kind: isText,
  secrecy: isText,
  microphones: isText,
});

const chatMessage = shape({ id: isCount, from: isCount, name: isText, text: isText, at_ms: isNumber });

const waitingPerson = shape({ participant: isCount, name: isText, unit: isText, since_ms: isNumber });

const you = shape({ participant: isCount, role: isText, may: list(isText) });

const requests = list(shape({ participant: isCount, subject: isText, since_ms: orMissing(isNumber) }));

const turn = shape({
  number: isCount,
  participant: isCount,
  name: isText,
  position: isText,
  site: isText,
  subject: isText,
  since_ms: isNumber,
  limit_ms: isCount,
  held_until_ms: orMissing(isNumber),
});

const floor = shape({
  open: isFlag,
  limit_ms: isCount,
  turn: orNull(turn),
  speech: requests,
  question: requests,
});

// Layouts and reasons stay open, as roles do.
const stage = shape({
  layout: isText,
  of: isText,
  pictures: list(isCount),
  chosen: list(isCount),
  free: isFlag,
});

const agenda = list(
  shape({
    item: isCount,
    title: isText,
    speakers: isText,
    minutes: isCount,
    opened_ms: orMissing(isNumber),
    took_ms: isNumber,
    done: isFlag,
    conclusion: isText,
  }),
);

const sites = list(
  shape({
    id: isText,
    name: isText,
    group: isText,
    due: isFlag,
    result: orMissing(isText),
    note: isText,
    names: isText,
    people: orMissing(isCount),
    caption: isText,
  }),
);

const rollCall = orNull(
  shape({
    number: isCount,
    phase: isText,
    started_ms: isNumber,
    walk: isCount,
    left: isCount,
    current: orMissing(isText),
  }),
);

const arrangement = shape({
  tiling: isText,
  seats: list(
    (value) =>
      shape({ seat: isCount })(value) &&
      tagged("shows", { site: shape({ site: isText }), queue: shape({}), patrol: shape({}) })(value),
  ),
});

const pictures = orNull(
  shape({
    for_all: orMissing(arrangement),
    groups: list(shape({ sites: list(isText), arrangement })),
  }),
);

const patrol = orNull(
  shape({
    everybody: isFlag,
    stay_ms: isCount,
    sites: list(isText),
    site: orMissing(isText),
    until_ms: isNumber,
  }),
);

const delta = tagged("kind", {
  joined: shape({ participant }),
  changed: shape({ participant, by: orNull(isCount) }),
  left: shape({ participant: isCount, reason: isText }),
  conference: shape({ info, by: orNull(isCount) }),
  hands: shape({ hands: list(isCount) }),
  chat: shape({ message: chatMessage }),
  waiting: shape({ waiting: list(waitingPerson) }),
  you: shape({ you }),
  muted: shape({ participants: list(isCount), by: isCount, undo_until_ms: orMissing(isNumber) }),
  unmuted: shape({ participants: list(isCount), by: isCount }),
  floor: shape({ floor }),
  stage: shape({ stage }),
  agenda: shape({ agenda }),
  sites: shape({ sites }),
  sites_changed: shape({ sites }),
  roll_call: shape({ roll_call: rollCall }),
  patrol: shape({ patrol }),
  pictures: shape({ pictures }),
});

const RELIABLE: Record<string, Check> = {
  welcome: shape({
    you,
    resume: isText,
    server_time_ms: isNumber,
    conference: shape({
      info,
      participants: list(participant),
      hands: list(isCount),
      chat: list(chatMessage),
      waiting: list(waitingPerson),
      floor,
      stage,
      agenda,
      sites,
      roll_call: rollCall,
      patrol,
      pictures,
    }),
  }),
  waiting: shape({ place: isCount, resume: isText }),
  delta: shape({ delta }),
  ended: shape({ reason: isText, by: orNull(isText) }),
};

const relay = shape({ username: isText, credential: isText, url: orMissing(isText) });

const VOLATILE: Record<string, Check> = {
  resumed: shape({ you, resume: isText }),
  done: shape({ id: isCount }),
  refused: shape({ id: isCount, error: isText }),
  offer: shape({ leg: isCount, sdp: isText, relay: orMissing(relay) }),
  media_connected: shape({ leg: isCount }),
  media_lost: shape({ leg: isCount }),
  slots: shape({
    leg: isCount,
    slots: list(
      shape({
        mid: isText,
        participant: isCount,
        source,
        is_paused: orMissing(isFlag),
        is_unreadable: orMissing(isFlag),
      }),
    ),
  }),
  speakers: shape({ speakers: list(shape({ participant: isCount, level_dbov: isNumber })) }),
  // Layers stay open: a newer server may know more of them.
  composed: shape({ standing: oneOf("making", "shown", "lost", "no_mixer", "too_many", "no_encoder") }),
  wanted: shape({ leg: isCount, source, layers: list(isText) }),
  link: shape({ rtt_ms: isNumber, uplink_loss: isNumber, downlink_loss: isNumber, estimate_bps: isNumber }),
  pong: shape({ sent_ms: isNumber, server_time_ms: isNumber }),
};
