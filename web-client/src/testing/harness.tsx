/**
 * The real pages over a fake meeting and a fake server, for screenshots and tries by hand.
 *
 * Opened as /harness.html under `npm run dev`; the query says what to show (see `optionsOf`). Never
 * part of the product's bundle: `vite build` starts from index.html alone.
 */
import "../ui/fonts.css";
import "../ui/tokens.css";
import "../ui/base.css";
import { createRoot } from "react-dom/client";
import { App } from "../App";
import { createI18n } from "../i18n";
import { createSettings } from "../state/settings-store";
import { createFakeMeeting, type FakeMeeting } from "./fake-meeting";
import { answerLikeServer, type FakeServerOptions } from "./fake-server";

declare global {
  interface Window {
    /** The meeting on screen, so that a script can play the server. */
    fakeMeeting?: FakeMeeting;
  }
}

const query = new URLSearchParams(window.location.search);
const settings = createSettings(null);
const language = query.get("lang") === "en" ? "en" : "vi";
settings.change({ language, hasSeenHints: query.get("hints") !== "on" });
answerLikeServer(serverOptions());
window.history.replaceState(null, "", query.get("path") ?? "/");
const i18n = await createI18n(language);
const place = document.getElementById("root");
if (place) {
  createRoot(place).render(
    <App
      i18n={i18n}
      settings={settings}
      createMeeting={() => {
        window.fakeMeeting = createFakeMeeting(optionsOf());
        return window.fakeMeeting;
      }}
    />,
  );
}

function number(key: string, otherwise: number): number {
  const value = query.get(key);
  return value === null ? otherwise : Number(value);
}

function numbers(key: string): number[] {
  return (query.get(key) ?? "").split(",").filter(Boolean).map(Number);
}

function optionsOf() {
  const screenFrom = number("screen", 0);
  const phase = query.get("phase") ?? "in";
  return {
    participants: number("people", 6),
    you: number("you", 1),
    phase: phase as "idle" | "in",
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
    conferences: number("conferences", 4),
    lobby: query.get("lobby") ?? "open",
    login: query.get("login") ?? "ok",
    clockMinutes: number("clock", 0),
    duty: query.get("duty") ?? "",
    factor: query.get("factor") ?? "off",
    media: query.get("media") ?? "",
    left: number("left", Number.POSITIVE_INFINITY),
  };
}
