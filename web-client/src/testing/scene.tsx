/**
 * Opens one screen in a real browser, over a fake meeting and a fake server, and looks at it as
 * axe-core does. Used by every `*.browser.test.tsx` of pages; never part of the product's bundle.
 */
import "../ui/fonts.css";
import "../ui/tokens.css";
import "../ui/base.css";
import axe from "axe-core";
import { createRoot, type Root } from "react-dom/client";
import { expect } from "vitest";
import { page } from "vitest/browser";
import { App } from "../App";
import { createI18n } from "../i18n";
import { createSettings, type Settings } from "../state/settings-store";
import { createFakeMeeting, type FakeMeeting, type FakeMeetingOptions } from "./fake-meeting";
import { answerLikeServer, type FakeServerOptions } from "./fake-server";

export interface Scene {
  path: string;
  server?: FakeServerOptions;
  meeting?: FakeMeetingOptions;
  language?: "vi" | "en";
  width?: number;
  height?: number;
  settings?: Partial<Settings>;
}

let root: Root | undefined;
let shown: FakeMeeting | undefined;
let restore: (() => void) | undefined;
const start = window.location.href;

/** The meeting of the open scene. */
export function meeting(): FakeMeeting | undefined {
  return shown;
}

export async function open(scene: Scene): Promise<void> {
  await page.viewport(scene.width ?? 1366, scene.height ?? 768);
  restore = answerLikeServer(scene.server ?? {});
  window.history.replaceState(null, "", scene.path);
  const settings = createSettings(null);
  const language = scene.language ?? "vi";
  settings.change({ language, hasSeenHints: true, ...scene.settings });
  const i18n = await createI18n(language);
  const place = document.createElement("div");
  place.id = "root";
  document.body.append(place);
  root = createRoot(place);
  root.render(
    <App
      i18n={i18n}
      settings={settings}
      createMeeting={() => {
        shown = createFakeMeeting({ hasPictures: false, ...scene.meeting });
        return shown;
      }}
    />,
  );
  // The first meeting of a file waits for its page to be fetched.
  await expect.poll(() => document.querySelector("h1")?.textContent ?? "", { timeout: 15_000 }).not.toBe("");
}

/** For `afterEach`. */
export function closeScene(): void {
  root?.unmount();
  restore?.();
  document.body.replaceChildren();
  window.history.replaceState(null, "", start);
}

/** What axe-core finds on the page now. */
export async function violations(): Promise<string[]> {
  const result = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return result.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`),
  );
}
