/**
 * Opens one screen in a real browser, over a fake meeting and a fake server, and looks at it as
 * axe-core does. Used by every `*.browser.test.tsx` of pages; never part of the product's bundle.
 */
import axe from "axe-core";
import { expect } from "vitest";
import { page } from "vitest/browser";
import type { FakeMeeting } from "./fake-meeting";
import { type Stage, type Scene as StageScene, setStage } from "./stage";

export interface Scene extends StageScene {
  width?: number;
  height?: number;
}

let shown: Stage | undefined;
const start = window.location.href;

/** The meeting of the open scene. */
export function meeting(): FakeMeeting | undefined {
  return shown?.meeting();
}

export async function open(scene: Scene): Promise<Stage> {
  await page.viewport(scene.width ?? 1366, scene.height ?? 768);
  shown = await setStage({ ...scene, meeting: { hasPictures: false, ...scene.meeting } });
  // The first meeting of a file waits for its page to be fetched.
  await expect.poll(() => document.querySelector("h1")?.textContent ?? "", { timeout: 15_000 }).not.toBe("");
  return shown;
}

/** For `afterEach`. */
export function closeScene(): void {
  shown?.close();
  shown = undefined;
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
