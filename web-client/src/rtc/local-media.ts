/**
 * The person's own devices: which exist, which are chosen, which are open, and why one is not.
 * Used by the lobby's preview and by the publisher of the meeting, so that what was seen in the
 * preview is what goes out. Must never throw for a device: errors become codes in the store.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import {
  cameraConstraints,
  type DeviceChoice,
  type DeviceErrorCode,
  type DeviceKind,
  deviceErrorCode,
  devicesByKind,
  type Facing,
  microphoneConstraints,
  screenConstraints,
} from "./devices";
import { meterTrack, playTone } from "./levels";

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
  /** On a phone: the camera on the other side. */
  turnCamera(): Promise<void>;
  /** Remembers the choice and moves an open source to the new device. */
  choose(kind: DeviceKind, deviceId: string): Promise<void>;
  /** Own microphone level 0–1 up to 8 times a second, also while muted. */
  onLevel(listener: (level: number) => void): () => void;
  /** Plays a short tone on the chosen speaker. */
  testSpeaker(): Promise<void>;
  /** Stops every track. */
  close(): void;
}

/** The part of `navigator.mediaDevices` that is used; absent on pages without HTTPS. */
export type CaptureDevices = Pick<
  MediaDevices,
  "getUserMedia" | "getDisplayMedia" | "enumerateDevices" | "addEventListener" | "removeEventListener"
>;

/** Where choices are remembered. */
export interface ChosenDevices {
  chosen: Readonly<Record<DeviceKind, string>>;
  remember(chosen: Readonly<Record<DeviceKind, string>>): void;
}

type Captured = "microphone" | "camera";

const OFF: LocalSource = { isOn: false, isStarting: false, track: null, error: null };

/** Opens nothing until asked. */
export function createLocalMedia(
  memory: ChosenDevices,
  capture: CaptureDevices | undefined = globalThis.navigator?.mediaDevices,
): LocalMedia {
  const store = createStore<LocalMediaState>(() => ({
    devices: { microphone: [], camera: [], speaker: [] },
    chosen: memory.chosen,
    microphone: OFF,
    camera: OFF,
    screen: OFF,
    screenAudio: null,
  }));
  let isClosed = false;
  let facing: Facing = "user";
  /** Number of the newest request per source: an older one that finishes late is thrown away. */
  const newest: Record<Captured, number> = { microphone: 0, camera: 0 };

  const patch = (kind: Captured | "screen", part: Partial<LocalSource>) =>
    store.setState((state) => ({ [kind]: { ...state[kind], ...part } }));

  const refresh = async () => {
    const found = await capture?.enumerateDevices().catch(() => []);
    if (!isClosed) store.setState({ devices: devicesByKind(found ?? []) });
  };

  const release = (kind: Captured) => {
    store.getState()[kind].track?.stop();
    patch(kind, { track: null });
  };

  const opened = async (kind: Captured): Promise<MediaStreamTrack> => {
    if (capture === undefined) throw new InsecurePage();
    const id = store.getState().chosen[kind];
    const ask = (deviceId: string) =>
      capture.getUserMedia(
        kind === "camera"
          ? { video: cameraConstraints(deviceId, facing) }
          : { audio: microphoneConstraints(deviceId) },
      );
    // A remembered device that is not plugged in today must not keep anybody from being heard.
    const stream = await ask(id).catch((thrown: unknown) => {
      if (id !== "" && ["device_unsuitable", "device_missing"].includes(deviceErrorCode(thrown)))
        return ask("");
      throw thrown;
    });
    const [track] = stream.getTracks();
    if (track === undefined) throw new DOMException("no track", "NotFoundError");
    return track;
  };

  const open = async (kind: Captured) => {
    newest[kind] += 1;
    const request = newest[kind];
    patch(kind, { isStarting: true, error: null });
    try {
      const track = await opened(kind);
      if (isClosed || request !== newest[kind]) {
        track.stop();
        return;
      }
      track.contentHint = kind === "camera" ? "motion" : "speech";
      track.addEventListener("ended", () => {
        if (store.getState()[kind].track !== track) return;
        patch(kind, { isOn: false, track: null, error: "device_lost" });
      });
      store.getState()[kind].track?.stop();
      patch(kind, { isStarting: false, track });
      void refresh();
    } catch (thrown) {
      if (isClosed || request !== newest[kind]) return;
      const error = thrown instanceof InsecurePage ? "insecure_page" : deviceErrorCode(thrown);
      patch(kind, { isOn: false, isStarting: false, track: null, error });
    }
  };

  const set = async (kind: Captured, on: boolean) => {
    patch(kind, { isOn: on, ...(on ? { error: null } : {}) });
    const { track } = store.getState()[kind];
    if (on && track === null) return open(kind);
    // The camera's light must go out; the microphone stays open so that speaking while muted shows.
    if (!on && kind === "camera") {
      newest[kind] += 1;
      patch(kind, { isStarting: false });
      release(kind);
    }
  };

  const stopScreen = () => {
    const { screen, screenAudio } = store.getState();
    screen.track?.stop();
    screenAudio?.stop();
    store.setState({ screen: OFF, screenAudio: null });
  };

  const startScreen = async () => {
    if (capture === undefined) {
      patch("screen", { error: "insecure_page" });
      return false;
    }
    patch("screen", { isStarting: true, error: null });
    try {
      const stream = await capture.getDisplayMedia(screenConstraints());
      const [track] = stream.getVideoTracks();
      const [sound] = stream.getAudioTracks();
      if (track === undefined || isClosed) {
        for (const unused of stream.getTracks()) unused.stop();
        patch("screen", OFF);
        return false;
      }
      // Text must stay sharp; motion may suffer.
      track.contentHint = "detail";
      if (sound !== undefined) sound.contentHint = "music";
      track.addEventListener("ended", () => {
        if (store.getState().screen.track === track) stopScreen();
      });
      store.setState({
        screen: { isOn: true, isStarting: false, track, error: null },
        screenAudio: sound ?? null,
      });
      return true;
    } catch (thrown) {
      const code = deviceErrorCode(thrown);
      // Cancelling the dialogue looks like a refused permission and is no error.
      store.setState({ screen: { ...OFF, error: code === "permission_denied" ? null : code } });
      return false;
    }
  };

  // One meter for all listeners: browsers allow only a few audio contexts a page.
  const levelListeners = new Set<(level: number) => void>();
  let metered: MediaStreamTrack | null = null;
  let stopMeter: () => void = () => undefined;
  const followMicrophone = () => {
    const track = levelListeners.size === 0 ? null : store.getState().microphone.track;
    if (track === metered) return;
    stopMeter();
    metered = track;
    stopMeter =
      track === null
        ? () => undefined
        : meterTrack(track, (level) => {
            for (const listener of levelListeners) listener(level);
          });
  };
  store.subscribe(followMicrophone);

  const onDeviceChange = () => void refresh();
  capture?.addEventListener("devicechange", onDeviceChange);
  void refresh();

  return {
    store,
    setMicrophone: (on) => set("microphone", on),
    setCamera: (on) => set("camera", on),
    startScreen,
    stopScreen,
    async turnCamera() {
      facing = facing === "user" ? "environment" : "user";
      const chosen = { ...store.getState().chosen, camera: "" };
      store.setState({ chosen });
      memory.remember(chosen);
      // Most phones open one camera at a time: the old one must be let go of first.
      release("camera");
      if (store.getState().camera.isOn) await open("camera");
    },
    async choose(kind, deviceId) {
      const chosen = { ...store.getState().chosen, [kind]: deviceId };
      store.setState({ chosen });
      memory.remember(chosen);
      if (kind === "speaker") return;
      const { isOn, track } = store.getState()[kind];
      if (track !== null || isOn) await open(kind);
    },
    onLevel(listener) {
      levelListeners.add(listener);
      followMicrophone();
      return () => {
        levelListeners.delete(listener);
        followMicrophone();
      };
    },
    testSpeaker: () => playTone(store.getState().chosen.speaker).catch(() => undefined),
    close() {
      isClosed = true;
      capture?.removeEventListener("devicechange", onDeviceChange);
      levelListeners.clear();
      stopScreen();
      release("microphone");
      release("camera");
    },
  };
}

class InsecurePage extends Error {}

/** Louder than this is somebody speaking, on the scale of the meter. */
const HEARD_LEVEL = 0.25;

/** Whether the microphone hears something within `limitMs`; ends as soon as it does. */
export function onceHeard(local: LocalMedia, limitMs: number): Promise<boolean> {
  return new Promise((done) => {
    const end = (isHeard: boolean) => {
      clearTimeout(timer);
      stop();
      done(isHeard);
    };
    const timer = setTimeout(() => end(false), limitMs);
    const stop = local.onLevel((level) => {
      // Later, because a listener may be called before it is known how to stop it.
      if (level > HEARD_LEVEL) queueMicrotask(() => end(true));
    });
  });
}
