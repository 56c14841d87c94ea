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
  looksAway,
  microphoneConstraints,
  screenConstraints,
} from "./devices";
import { EFFECTS, type EffectKind } from "./effects/effect";
import { Dressed, type EffectStates, OwnEffects, type RememberedEffects } from "./effects/own-effects";
import { meterTrack, playTone } from "./levels";

/** One own source. */
export interface LocalSource {
  /** The person wants it on. */
  isOn: boolean;
  /** The device is being opened. */
  isStarting: boolean;
  /**
   * What is shown and sent, with the effect over it if there is one. A muted microphone stays open so
   * that "you are muted" can be noticed.
   */
  track: MediaStreamTrack | null;
  error: DeviceErrorCode | null;
}

export interface LocalMediaState {
  devices: Readonly<Record<DeviceKind, readonly DeviceChoice[]>>;
  /** Chosen device id; "" is the system's choice. */
  chosen: Readonly<Record<DeviceKind, string>>;
  microphone: LocalSource;
  camera: LocalSource;
  /** The camera on the back of a phone: others' view of a room, no mirror of oneself. */
  isCameraLookingAway: boolean;
  screen: LocalSource;
  /** Sound of the shared screen, when the person shares it too. */
  screenAudio: MediaStreamTrack | null;
  effects: EffectStates;
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
  /** Remembers the wish and puts the effect over an open device, or takes it off; nothing stops meanwhile. */
  setEffect(kind: EffectKind, on: boolean): Promise<void>;
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
  effects?: RememberedEffects;
}

type Captured = "microphone" | "camera";

const EFFECT_OVER = { camera: "blur", microphone: "noise" } as const;

const OFF: LocalSource = { isOn: false, isStarting: false, track: null, error: null };

/** Opens nothing until asked. */
export function createLocalMedia(
  memory: ChosenDevices,
  capture: CaptureDevices | undefined = globalThis.navigator?.mediaDevices,
  startEffects = EFFECTS,
): LocalMedia {
  const effects = new OwnEffects(
    memory.effects,
    {
      onStates: (states) => {
        if (!isClosed) store.setState({ effects: states });
      },
      onGaveUp: (kind, dressed) => {
        if (kind === "noise") void reopen("microphone");
        else undress("camera", dressed);
      },
    },
    startEffects,
  );
  const store = createStore<LocalMediaState>(() => ({
    devices: { microphone: [], camera: [], speaker: [] },
    chosen: memory.chosen,
    microphone: OFF,
    camera: OFF,
    isCameraLookingAway: false,
    screen: OFF,
    screenAudio: null,
    effects: effects.states,
  }));
  const worn: Record<Captured, Dressed | null> = { microphone: null, camera: null };
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
    worn[kind]?.stop();
    worn[kind] = null;
    patch(kind, { track: null });
  };

  const opened = async (kind: Captured): Promise<MediaStreamTrack> => {
    if (capture === undefined) throw new InsecurePage();
    const id = store.getState().chosen[kind];
    const ask = (deviceId: string) =>
      capture.getUserMedia(
        kind === "camera"
          ? { video: cameraConstraints(deviceId, facing) }
          : { audio: microphoneConstraints(deviceId, !effects.isOn("noise")) },
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
      const dressed = new Dressed(await opened(kind));
      dressed.source.contentHint = kind === "camera" ? "motion" : "speech";
      // Who wants the background blurred must not be seen without it first; a voice does not wait.
      if (kind === "camera") await effects.dress("blur", dressed);
      if (isClosed || request !== newest[kind]) {
        dressed.stop();
        return;
      }
      dressed.source.addEventListener("ended", () => {
        if (worn[kind] !== dressed) return;
        worn[kind] = null;
        patch(kind, { isOn: false, track: null, error: "device_lost" });
        dressed.stop();
      });
      // It may have been unplugged while its effect was being fetched.
      if (dressed.source.readyState === "ended") throw new DOMException("ended", "NotFoundError");
      const before = worn[kind];
      worn[kind] = dressed;
      if (kind === "camera") store.setState({ isCameraLookingAway: looksAway(dressed.source) });
      patch(kind, { isStarting: false, track: dressed.track });
      before?.stop();
      void refresh();
      if (kind === "microphone") void dress(kind, dressed);
    } catch (thrown) {
      if (isClosed || request !== newest[kind]) return;
      const error = thrown instanceof InsecurePage ? "insecure_page" : deviceErrorCode(thrown);
      patch(kind, { isOn: false, isStarting: false, track: null, error });
    }
  };

  const show = (kind: Captured, dressed: Dressed) => {
    if (worn[kind] === dressed) patch(kind, { track: dressed.track });
  };

  const dress = async (kind: Captured, dressed: Dressed) => {
    await effects.dress(EFFECT_OVER[kind], dressed);
    show(kind, dressed);
  };

  const undress = (kind: Captured, dressed: Dressed) => {
    const effect = dressed.bare();
    show(kind, dressed);
    // Only now: the track that was sent until here must not end before another is in its place.
    effect?.stop();
  };

  /** A device that is open is opened anew, the old one going on meanwhile. */
  const reopen = async (kind: Captured) => {
    const { isOn, track } = store.getState()[kind];
    if (track !== null || isOn) await open(kind);
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
      await reopen(kind);
    },
    async setEffect(effect, on) {
      effects.wish(effect, on);
      // The browser's own suppression is a matter of how the microphone is opened.
      if (effect === "noise") return reopen("microphone");
      const dressed = worn.camera;
      if (dressed === null) return;
      if (on) await dress("camera", dressed);
      else undress("camera", dressed);
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
