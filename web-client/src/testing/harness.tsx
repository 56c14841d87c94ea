/**
 * The real pages over a fake meeting and a fake server, for screenshots and tries by hand.
 *
 * Opened as /harness.html under `npm run dev`: `?state=NAME` shows a state of states.ts, other queries
 * a scene of one's own (see `sceneOf`); `lang=en` is for both. Never part of the product's bundle:
 * `vite build` starts from index.html alone.
 */
import type { FakeMeeting, FakeMeetingOptions } from "./fake-meeting";
import type { FakeServerOptions } from "./fake-server";
import { type Scene, setStage } from "./stage";
import { isForTurnedPhones, STATES } from "./states";

declare global {
  interface Window {
    /** The meeting on screen, so that a script can play the server. */
    fakeMeeting?: FakeMeeting;
    /** For `npm run pictures`: the state is reached, or why not. */
    stateReached?: true | string;
    /** Names of all states, and which a phone held sideways shows. */
    pageStates?: { all: string[]; turned: string[] };
  }
}

const query = new URLSearchParams(window.location.search);
const language = query.get("lang") === "en" ? "en" : "vi";
const all = Object.keys(STATES);
window.pageStates = { all, turned: all.filter(isForTurnedPhones) };
const state = STATES[query.get("state") ?? ""];
const stage = await setStage({ ...(state?.scene ?? sceneOf()), language });
Object.defineProperty(window, "fakeMeeting", { get: () => stage.meeting() });
try {
  await stage.ready();
  await state?.play?.(stage);
  await stage.ready();
  window.stateReached = true;
} catch (thrown) {
  window.stateReached = String(thrown);
}

function number(key: string, otherwise: number): number {
  const value = query.get(key);
  return value === null ? otherwise : Number(value);
}

function numbers(key: string): number[] {
  return (query.get(key) ?? "").split(",").filter(Boolean).map(Number);
}

function sceneOf(): Scene {
  return {
    path: query.get("path") ?? "/",
    meeting: meetingOptions(),
    server: serverOptions(),
    settings: { hasSeenHints: query.get("hints") !== "on" },
  };
}

function meetingOptions(): FakeMeetingOptions {
  const screenFrom = number("screen", 0);
  return {
    participants: number("people", 6),
    you: number("you", 1),
    phase: query.get("phase") === "idle" ? "idle" : "in",
    hands: numbers("hands"),
    speakers: numbers("speakers"),
    chatLines: number("chat", 0),
    waiting: number("waiting", 0),
    failures: failures(),
    ...(screenFrom > 0 ? { screenFrom } : {}),
    ...(query.has("opens") ? { opensMs: Date.now() + number("opens", 0) * 1000 } : {}),
    ...(query.get("title") ? { title: query.get("title") ?? "" } : {}),
  };
}

/** `mic=NotAllowedError&camera=NotFoundError`. */
function failures() {
  const microphone = query.get("mic");
  const camera = query.get("camera");
  return {
    ...(microphone ? { microphone: new DOMException("", microphone) } : {}),
    ...(camera ? { camera: new DOMException("", camera) } : {}),
  };
}

function serverOptions(): FakeServerOptions {
  return {
    person: query.get("as") ?? "chair",
    today: query.get("today") ?? "busy",
    lobby: query.get("lobby") ?? "open",
    login: query.get("login") ?? "ok",
    clockMinutes: number("clock", 0),
    duty: query.get("duty") ?? "",
    factor: query.get("factor") ?? "off",
    media: query.get("media") ?? "",
    left: number("left", Number.POSITIVE_INFINITY),
  };
}
