/**
 * Puts one scene on a page: the real pages over a fake meeting and a fake server. Called by scene.tsx
 * for browser tests and by harness.tsx for screenshots and tries by hand; never part of the product's
 * bundle, so it may know no test library.
 */
import "../ui/fonts.css";
import "../ui/tokens.css";
import "../ui/base.css";
import { createRoot } from "react-dom/client";
import { App } from "../App";
import { createI18n } from "../i18n";
import en from "../i18n/en.json";
import vi from "../i18n/vi.json";
import { createSettings, type Settings } from "../state/settings-store";
import { createFakeMeeting, type FakeMeeting, type FakeMeetingOptions } from "./fake-meeting";
import { answerLikeServer, type FakeServerOptions } from "./fake-server";

export interface Scene {
  path: string;
  server?: FakeServerOptions;
  meeting?: FakeMeetingOptions;
  language?: "vi" | "en";
  settings?: Partial<Settings>;
  /** What this browser has not. */
  lacks?: "webrtc" | "cookies";
}

/** A scene on the page. */
export interface Stage {
  meeting(): FakeMeeting | undefined;
  /** Waits until the page has its heading, its letters and the first of every picture. */
  ready(): Promise<void>;
  /** Waits for a button, menu item or tab whose words begin with those of `key`, and presses it. */
  press(key: string): Promise<void>;
  /** Waits for the field that is labelled with the words of `key`, and types into it. */
  fill(key: string, text: string): Promise<void>;
  /** As if the person had chosen this file. */
  choose(file: File): Promise<void>;
  /** Waits until the words of `key` stand on the page. */
  see(key: string): Promise<void>;
  close(): void;
}

/** A busy machine renders late. */
const PATIENCE_MS = 15_000;

export async function setStage(scene: Scene): Promise<Stage> {
  const back = [answerLikeServer(scene.server ?? {}), without(scene.lacks)];
  window.history.replaceState(null, "", scene.path);
  const settings = createSettings(null);
  const language = scene.language ?? "vi";
  settings.change({ language, hasSeenHints: true, ...scene.settings });
  const i18n = await createI18n(language);
  const place = document.getElementById("root") ?? document.body.appendChild(document.createElement("div"));
  place.id = "root";
  const root = createRoot(place);
  let meeting: FakeMeeting | undefined;
  root.render(
    <App
      i18n={i18n}
      settings={settings}
      createMeeting={() => {
        meeting = createFakeMeeting(scene.meeting);
        return meeting;
      }}
    />,
  );
  const words = (key: string) => wordsOf(language, key);
  return {
    meeting: () => meeting,
    ready: async () => {
      await found(() => document.querySelector("h1")?.textContent || null, "a heading");
      await document.fonts.ready;
      const isDrawn = (one: HTMLVideoElement) => one.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
      const pictures = () => [...document.querySelectorAll("video")].filter((one) => one.checkVisibility());
      await found(() => pictures().every(isDrawn) || null, "every picture");
    },
    press: async (key) => {
      const button = await found(() => buttonWith(words(key)), `a button "${words(key)}"`);
      button.click();
    },
    fill: async (key, text) => {
      const field = await found(() => fieldWith(words(key)), `a field "${words(key)}"`);
      // React listens to the setter of the element's class, not to its own copy.
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field, text);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    choose: async (file) => {
      const input = await found(
        () => document.querySelector<HTMLInputElement>("input[type=file]"),
        "a place for files",
      );
      const files = new DataTransfer();
      files.items.add(file);
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    },
    see: async (key) => {
      const wanted = words(key);
      await found(() => document.body.textContent?.includes(wanted) || null, `"${wanted}"`);
    },
    close: () => {
      root.unmount();
      for (const restore of back) restore();
      document.body.replaceChildren();
    },
  };
}

/** Takes a part away from this browser; answers with the way back. */
function without(part: Scene["lacks"]): () => void {
  if (part === "webrtc") {
    const real = window.RTCPeerConnection;
    Reflect.deleteProperty(window, "RTCPeerConnection");
    return () => {
      window.RTCPeerConnection = real;
    };
  }
  if (part === "cookies") {
    Object.defineProperty(navigator, "cookieEnabled", { configurable: true, get: () => false });
    return () => {
      Reflect.deleteProperty(navigator, "cookieEnabled");
    };
  }
  return () => undefined;
}

/** Words up to the first gap for a fact; plural forms count as their singular. */
function wordsOf(language: "vi" | "en", key: string): string {
  let place: unknown = language === "vi" ? vi : en;
  for (const step of key.split(".")) place = (place as Record<string, unknown> | undefined)?.[step];
  if (typeof place !== "string") throw new Error(`${language}.json has no ${key}`);
  return (place.split("{{")[0] ?? "").trim();
}

function nameOf(element: Element): string {
  return (element.getAttribute("aria-label") ?? element.textContent ?? "").trim();
}

function buttonWith(words: string): HTMLElement | null {
  const all = document.querySelectorAll<HTMLElement>(
    "button, summary, [role=menuitem], [role=menuitemradio], [role=tab]",
  );
  const fitting = [...all].filter((one) => one.checkVisibility() && nameOf(one).startsWith(words));
  return fitting.find((one) => nameOf(one) === words) ?? fitting[0] ?? null;
}

function fieldWith(words: string): HTMLInputElement | null {
  const fields = [...document.querySelectorAll<HTMLInputElement>("input:not([type=file])")];
  const named = (one: HTMLInputElement) =>
    [...(one.labels ?? [])].some((label) => nameOf(label).startsWith(words));
  return fields.findLast((one) => one.checkVisibility() && named(one)) ?? null;
}

async function found<T>(look: () => T | null, what: string): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const it = look();
    if (it !== null) return it;
    if (performance.now() > until) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
