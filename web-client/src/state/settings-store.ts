/**
 * What this browser remembers of the person's wishes: language, shortcuts, devices, name as guest.
 * Kept in localStorage, checked when read, and lost without harm. Never holds anything secret.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { DeviceKind } from "../rtc/devices";
import type { EffectKind } from "../rtc/effects/effect";
import type { EffectWish } from "../rtc/effects/own-effects";

const STORAGE_KEY = "diemcau.settings";

export interface Settings {
  language: "vi" | "en";
  /** Single-key and Ctrl shortcuts (WCAG 2.1.4: can be switched off). */
  areShortcutsOn: boolean;
  /** Chosen device ids; "" is the system's choice. */
  devices: Readonly<Record<DeviceKind, string>>;
  /** Background blur and strong noise suppression. */
  effects: Readonly<Record<EffectKind, EffectWish>>;
  /** Whether the person last entered with microphone and camera on. */
  entersWithMicrophone: boolean;
  entersWithCamera: boolean;
  /** Takes the composed picture instead of single ones on this device. */
  takesComposed: boolean;
  /** The first-use hints of the meeting were shown here. */
  hasSeenHints: boolean;
  /** Name and unit last given as guest, so that nobody has to type them twice (WCAG 3.3.7). */
  guestName: string;
  guestUnit: string;
}

export interface SettingsStore {
  readonly store: StoreApi<Settings>;
  /** Changes and remembers. */
  change(part: Partial<Settings>): void;
}

const DEFAULTS: Settings = {
  language: "vi",
  areShortcutsOn: true,
  devices: { microphone: "", camera: "", speaker: "" },
  effects: { blur: "off", noise: "off" },
  entersWithMicrophone: true,
  entersWithCamera: true,
  takesComposed: false,
  hasSeenHints: false,
  guestName: "",
  guestUnit: "",
};

/** Settings out of what was stored: anything that does not fit becomes the default. */
export function settingsFrom(stored: string | null): Settings {
  const found = parsed(stored);
  const text = (value: unknown, fallback: string) =>
    typeof value === "string" && value.length <= 200 ? value : fallback;
  const flag = (value: unknown, fallback: boolean) => (typeof value === "boolean" ? value : fallback);
  const devices = isRecord(found.devices) ? found.devices : {};
  const effects = isRecord(found.effects) ? found.effects : {};
  return {
    language: found.language === "en" ? "en" : DEFAULTS.language,
    areShortcutsOn: flag(found.areShortcutsOn, DEFAULTS.areShortcutsOn),
    devices: {
      microphone: text(devices.microphone, ""),
      camera: text(devices.camera, ""),
      speaker: text(devices.speaker, ""),
    },
    effects: { blur: wish(effects.blur), noise: wish(effects.noise) },
    entersWithMicrophone: flag(found.entersWithMicrophone, DEFAULTS.entersWithMicrophone),
    entersWithCamera: flag(found.entersWithCamera, DEFAULTS.entersWithCamera),
    takesComposed: flag(found.takesComposed, DEFAULTS.takesComposed),
    hasSeenHints: flag(found.hasSeenHints, DEFAULTS.hasSeenHints),
    guestName: text(found.guestName, ""),
    guestUnit: text(found.guestUnit, ""),
  };
}

/** The settings kept in `storage`; a storage that refuses (private mode) is lived without. */
export function createSettings(storage: Pick<Storage, "getItem" | "setItem"> | null): SettingsStore {
  const store = createStore<Settings>(() =>
    settingsFrom(attempt(() => storage?.getItem(STORAGE_KEY) ?? null)),
  );
  return {
    store,
    change(part) {
      store.setState(part);
      attempt(() => storage?.setItem(STORAGE_KEY, JSON.stringify(store.getState())));
    },
  };
}

function attempt<T>(run: () => T): T | null {
  try {
    return run();
  } catch {
    return null;
  }
}

function wish(value: unknown): EffectWish {
  return value === "on" || value === "too_slow" ? value : "off";
}

function parsed(stored: string | null): Record<string, unknown> {
  const value: unknown = stored === null ? null : attempt(() => JSON.parse(stored));
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
