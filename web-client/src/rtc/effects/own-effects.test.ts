/** Rules of effects over own devices: sent without a gap, off with a reason, never against a press. */
import { describe, expect, it } from "vitest";
import { type CaptureDevices, createLocalMedia } from "../local-media";
import { type Effect, EffectFailure, type EffectTrouble } from "./effect";
import type { EffectWish } from "./own-effects";

class FakeTrack extends EventTarget {
  readyState = "live";
  contentHint = "";
  readonly label: string;

  constructor(label: string) {
    super();
    this.label = label;
  }

  stop(): void {
    this.readyState = "ended";
  }

  getSettings(): MediaTrackSettings {
    return {};
  }
}

type Wishes = { blur: EffectWish; noise: EffectWish };

/** Own devices whose effects start when the test says so. */
function seat(wishes: Wishes = { blur: "off", noise: "off" }) {
  const opened: { track: FakeTrack; wanted: MediaStreamConstraints }[] = [];
  const remembered: Wishes[] = [];
  const starts: {
    source: FakeTrack;
    done: () => FakeTrack;
    fail: (trouble: EffectTrouble) => void;
    giveUp: (trouble: EffectTrouble) => void;
  }[] = [];
  const capture = {
    enumerateDevices: async () => [],
    getUserMedia: async (wanted: MediaStreamConstraints) => {
      const track = new FakeTrack(`${wanted.video ? "camera" : "microphone"} ${opened.length}`);
      opened.push({ track, wanted });
      return { getTracks: () => [track] };
    },
    getDisplayMedia: () => Promise.reject(new DOMException("", "NotAllowedError")),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  } as unknown as CaptureDevices;
  const start = (source: MediaStreamTrack, giveUp: (trouble: EffectTrouble) => void) =>
    new Promise<Effect>((done, fail) => {
      starts.push({
        source: source as unknown as FakeTrack,
        giveUp,
        fail: (trouble) => fail(new EffectFailure(trouble, "test")),
        done: () => {
          const track = new FakeTrack(`effect over ${source.label}`);
          done({ track: track as unknown as MediaStreamTrack, stop: () => track.stop() });
          return track;
        },
      });
    });
  const local = createLocalMedia(
    {
      chosen: { microphone: "", camera: "", speaker: "" },
      remember: () => undefined,
      effects: { wishes, remember: (now) => remembered.push(now) },
    },
    capture,
    { blur: start, noise: start },
  );
  const sent: string[] = [];
  local.store.subscribe(({ camera, microphone }, before) => {
    if (camera.track !== before.camera.track) sent.push(camera.track?.label ?? "no camera");
    if (microphone.track !== before.microphone.track) sent.push(microphone.track?.label ?? "no microphone");
  });
  return { local, opened, remembered, starts, sent, state: () => local.store.getState() };
}

/** Lets everything that is ready to happen happen. */
const settle = () => new Promise((done) => setImmediate(done));

describe("the background blur", () => {
  it("replaces the picture when it is ready, and the camera stays as it is", async () => {
    const { local, opened, starts, sent, state } = seat();
    await local.setCamera(true);
    const on = local.setEffect("blur", true);
    expect(state().effects.blur).toMatchObject({ isOn: true, isStarting: true });
    starts[0]?.done();
    await on;
    expect(sent).toEqual(["camera 0", "effect over camera 0"]);
    expect(opened).toHaveLength(1);
    expect(state().effects.blur).toEqual({ isOn: true, isStarting: false, trouble: null });
  });

  it("gives the bare picture back at once when switched off, and ends only then", async () => {
    const { local, starts, sent } = seat({ blur: "on", noise: "off" });
    const on = local.setCamera(true);
    await settle();
    const effect = starts[0]?.done();
    await on;
    expect(sent).toEqual(["effect over camera 0"]);
    await local.setEffect("blur", false);
    expect(sent.at(-1)).toBe("camera 0");
    expect(effect?.readyState).toBe("ended");
  });

  it("is there before a camera that opens is seen", async () => {
    const { local, starts, sent, state } = seat({ blur: "on", noise: "off" });
    const on = local.setCamera(true);
    await settle();
    expect(state().camera).toMatchObject({ isStarting: true, track: null });
    starts[0]?.done();
    await on;
    expect(sent).toEqual(["effect over camera 0"]);
  });

  it("is given up with its reason, and the picture goes on without it", async () => {
    const { local, starts, sent, state, remembered } = seat();
    await local.setCamera(true);
    const on = local.setEffect("blur", true);
    const effect = starts[0]?.done();
    await on;
    starts[0]?.giveUp("too_slow");
    expect(state().effects.blur).toEqual({ isOn: false, isStarting: false, trouble: "too_slow" });
    expect(sent.at(-1)).toBe("camera 0");
    expect(effect?.readyState).toBe("ended");
    expect(state().camera.isOn).toBe(true);
    expect(remembered.at(-1)).toEqual({ blur: "too_slow", noise: "off" });
  });

  it("that was too slow here is not started by itself, and is tried again when asked for", async () => {
    const { local, starts, state } = seat({ blur: "too_slow", noise: "off" });
    await local.setCamera(true);
    expect(starts).toHaveLength(0);
    expect(state().effects.blur).toMatchObject({ isOn: false, trouble: "too_slow" });
    void local.setEffect("blur", true);
    expect(starts).toHaveLength(1);
    expect(state().effects.blur.trouble).toBeNull();
  });

  it("that does not come lets the camera open without it, with the reason", async () => {
    const { local, starts, sent, state } = seat({ blur: "on", noise: "off" });
    const on = local.setCamera(true);
    await settle();
    starts[0]?.fail("failed");
    await on;
    expect(sent).toEqual(["camera 0"]);
    expect(state().effects.blur).toMatchObject({ isOn: false, trouble: "failed" });
  });

  it("lies over the next camera too, and the old one goes out when that is ready", async () => {
    const { local, opened, starts, sent } = seat({ blur: "on", noise: "off" });
    const on = local.setCamera(true);
    await settle();
    const old = starts[0]?.done();
    await on;
    const chosen = local.choose("camera", "desk");
    await settle();
    expect(opened[0]?.track.readyState).toBe("live");
    starts[1]?.done();
    await chosen;
    expect(sent.at(-1)).toBe("effect over camera 1");
    expect(opened[0]?.track.readyState).toBe("ended");
    expect(old?.readyState).toBe("ended");
  });

  it("puts the camera's light out with the camera, also while it is being started", async () => {
    const { local, opened, starts, state } = seat();
    await local.setCamera(true);
    void local.setEffect("blur", true);
    await local.setCamera(false);
    const late = starts[0]?.done();
    await settle();
    expect(opened[0]?.track.readyState).toBe("ended");
    expect(late?.readyState).toBe("ended");
    expect(state().camera).toMatchObject({ isOn: false, track: null });
    expect(state().effects.blur).toMatchObject({ isOn: true, isStarting: false });
  });

  it("ends with a camera that is unplugged", async () => {
    const { local, opened, starts, state } = seat({ blur: "on", noise: "off" });
    const on = local.setCamera(true);
    await settle();
    const effect = starts[0]?.done();
    await on;
    opened[0]?.track.dispatchEvent(new Event("ended"));
    expect(state().camera).toMatchObject({ isOn: false, track: null, error: "device_lost" });
    expect(effect?.readyState).toBe("ended");
  });

  it("switched off again while it is being started is thrown away", async () => {
    const { local, starts, sent, state } = seat();
    await local.setCamera(true);
    void local.setEffect("blur", true);
    await local.setEffect("blur", false);
    const late = starts[0]?.done();
    await settle();
    expect(late?.readyState).toBe("ended");
    expect(sent).toEqual(["camera 0"]);
    expect(state().effects.blur).toEqual({ isOn: false, isStarting: false, trouble: null });
  });
});

describe("strong noise suppression", () => {
  const suppresses = (wanted?: MediaStreamConstraints) =>
    (wanted?.audio as MediaTrackConstraints | undefined)?.noiseSuppression;

  it("takes the place of the browser's own, and nobody is mute meanwhile", async () => {
    const { local, opened, starts, sent } = seat();
    await local.setMicrophone(true);
    const on = local.setEffect("noise", true);
    await settle();
    expect(opened.map(({ wanted }) => suppresses(wanted))).toEqual([true, false]);
    expect(sent).toEqual(["microphone 0", "microphone 1"]);
    starts[0]?.done();
    await on;
    await settle();
    expect(sent.at(-1)).toBe("effect over microphone 1");
  });

  it("gives way to the browser's own again when it is given up", async () => {
    const { local, opened, starts, sent, state } = seat({ blur: "off", noise: "on" });
    const on = local.setMicrophone(true);
    await settle();
    await on;
    starts[0]?.done();
    await settle();
    starts[0]?.giveUp("too_slow");
    await settle();
    expect(suppresses(opened.at(-1)?.wanted)).toBe(true);
    expect(sent.at(-1)).toBe("microphone 1");
    expect(state().microphone.isOn).toBe(true);
    expect(state().effects.noise).toMatchObject({ isOn: false, trouble: "too_slow" });
  });

  it("stays over a microphone that is muted", async () => {
    const { local, starts, state } = seat({ blur: "off", noise: "on" });
    const on = local.setMicrophone(true);
    await settle();
    await on;
    starts[0]?.done();
    await settle();
    await local.setMicrophone(false);
    expect(state().microphone.track?.label).toBe("effect over microphone 0");
    expect(starts).toHaveLength(1);
  });
});
