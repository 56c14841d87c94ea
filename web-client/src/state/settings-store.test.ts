/** Rules of what is remembered: never needed, never trusted, and a full or forbidden storage harms nobody. */
import { describe, expect, it } from "vitest";
import { createSettings, settingsFrom } from "./settings-store";

const refusing = (name: string) => () => {
  throw new DOMException("", name);
};

describe("settings", () => {
  it("hold for the visit when the storage is full", () => {
    const settings = createSettings({ getItem: () => null, setItem: refusing("QuotaExceededError") });
    settings.change({ language: "en", effects: { blur: "on", noise: "off" } });
    expect(settings.store.getState()).toMatchObject({ language: "en", effects: { blur: "on" } });
  });

  it("begin as new where a policy forbids the storage", () => {
    const settings = createSettings({
      getItem: refusing("SecurityError"),
      setItem: refusing("SecurityError"),
    });
    settings.change({ guestName: "Lê Đạt" });
    expect(settings.store.getState()).toMatchObject({ language: "vi", guestName: "Lê Đạt" });
    expect(createSettings(null).store.getState().areShortcutsOn).toBe(true);
  });

  it("take nothing from the storage that does not fit", () => {
    const stored = JSON.stringify({
      language: "xx",
      devices: { microphone: 7, camera: "a".repeat(201) },
      effects: { blur: "always", noise: "too_slow" },
      hasSeenHints: "yes",
    });
    expect(settingsFrom(stored)).toMatchObject({
      language: "vi",
      devices: { microphone: "", camera: "" },
      effects: { blur: "off", noise: "too_slow" },
      hasSeenHints: false,
    });
    for (const broken of ["", "{", "null", "[]", '"text"', "7"]) {
      expect(settingsFrom(broken)).toEqual(settingsFrom(null));
    }
  });

  it("come back as they were left", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    createSettings(storage).change({ effects: { blur: "too_slow", noise: "on" }, hasSeenHints: true });
    expect(createSettings(storage).store.getState()).toMatchObject({
      effects: { blur: "too_slow", noise: "on" },
      hasSeenHints: true,
    });
  });
});
