/** The switches of the effects in the lobby and in the meeting: named, with help, and with reasons. */
import { afterEach, describe, expect, it } from "vitest";
import { page, userEvent } from "vitest/browser";
import en from "./i18n/en.json";
import vi from "./i18n/vi.json";
import { closeScene, meeting, open, violations } from "./testing/scene";

afterEach(closeScene);

const blurSwitch = () => page.getByRole("switch", { name: new RegExp(`^${vi.effect.blur}`) });

describe("effects", () => {
  it("stand in the lobby, off until somebody wants them, and answer to the keyboard", async () => {
    await open({ path: "/c/demo", meeting: { phase: "idle", effectTrouble: "failed" } });
    await expect.element(blurSwitch()).not.toBeChecked();
    expect(document.body.textContent).toContain(vi.effect.noise_help);
    (blurSwitch().element() as HTMLElement).focus();
    await userEvent.keyboard(" ");
    await expect.poll(() => document.body.textContent).toContain(vi.effect.blur_failed);
    expect(await violations()).toEqual([]);
  });

  it.each([
    ["vi", vi],
    ["en", en],
  ] as const)("say why they are off (%s)", async (language, words) => {
    await open({ path: "/c/demo", language, meeting: { participants: 3, effectTrouble: "too_slow" } });
    await page.getByRole("button", { name: words.bar.more, exact: true }).click();
    await page.getByRole("menuitem", { name: words.devices_dialog.title }).click();
    await meeting()?.local.setCamera(true);
    await page.getByText(words.effect.blur, { exact: true }).click();
    await page.getByText(words.effect.noise, { exact: true }).click();
    await expect.poll(() => document.body.textContent).toContain(words.effect.blur_too_slow);
    expect(await violations()).toEqual([]);
  });
});
