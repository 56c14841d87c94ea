/**
 * The person's own devices: which exist, which are chosen, which are open, and why one is not.
 * Used by the lobby's preview and by the publisher of the meeting, so that what was seen in the
 * preview is what goes out. Must never throw for a device: errors become codes in the store.
 */
import type { StoreApi } from "zustand/vanilla";
import type { DeviceChoice, DeviceErrorCode, DeviceKind } from "./devices";

/** One own source. */
export interface LocalSource {
  /** The person wants it on. */
  isOn: boolean;
  /** The device is being opened. */
  isStarting: boolean;
  /** Open track; a muted microphone stays open so that "you are muted" can be noticed. */
  track: MediaStreamTrack | null;
  error: DeviceErrorCode | null;
}

export interface LocalMediaState {
  devices: Readonly<Record<DeviceKind, readonly DeviceChoice[]>>;
  /** Chosen device id; "" is the system's choice. */
  chosen: Readonly<Record<DeviceKind, string>>;
  microphone: LocalSource;
  camera: LocalSource;
  screen: LocalSource;
  /** Sound of the shared screen, when the person shares it too. */
  screenAudio: MediaStreamTrack | null;
}

export interface LocalMedia {
  readonly store: StoreApi<LocalMediaState>;
  /** Switches on or off; resolves when the device is open or the error stands in the store. */
  setMicrophone(on: boolean): Promise<void>;
  setCamera(on: boolean): Promise<void>;
  /** Asks the browser's own dialogue; false when the person cancelled. */
  startScreen(): Promise<boolean>;
  stopScreen(): void;
  /** Remembers the choice and moves an open source to the new device. */
  choose(kind: DeviceKind, deviceId: string): Promise<void>;
  /** Own microphone level 0–1 up to 15 times a second, also while muted. */
  onLevel(listener: (level: number) => void): () => void;
  /** Plays a short tone on the chosen speaker. */
  testSpeaker(): Promise<void>;
  /** Stops every track. */
  close(): void;
}
