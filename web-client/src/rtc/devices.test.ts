/** Rules of devices: every failure has a code, a missing favourite never keeps anybody from being heard. */
import { describe, expect, it } from "vitest";
import { deviceErrorCode, devicesByKind } from "./devices";
import { type CaptureDevices, createLocalMedia } from "./local-media";

class FakeTrack extends EventTarget {
  readyState = "live";
  contentHint = "";
  readonly kind: string;
  readonly label: string;

  constructor(kind: string, label: string) {
    super();
    this.kind = kind;
    this.label = label;
  }

  stop(): void {
    this.readyState = "ended";
  }

  getSettings(): MediaTrackSettings {
    return { facingMode: this.label };
  }
}

type Ask = (wanted: MediaStreamConstraints) => Promise<FakeTrack>;

function local(ask: Ask, chosen = { microphone: "", camera: "", speaker: "" }) {
  const remembered: unknown[] = [];
  const capture = {
    enumerateDevices: async () => [],
    getUserMedia: async (wanted: MediaStreamConstraints) => {
      const track = await ask(wanted);
      return { getTracks: () => [track] };
    },
    getDisplayMedia: () => Promise.reject(new DOMException("cancelled", "NotAllowedError")),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  } as unknown as CaptureDevices;
  return {
    media: createLocalMedia({ chosen, remember: (list) => remembered.push(list) }, capture),
    remembered,
  };
}

describe("device errors", () => {
  it("have a code each", () => {
    const code = (name: string, message = "") => deviceErrorCode(new DOMException(message, name));
    expect(code("NotAllowedError")).toBe("permission_denied");
    expect(code("NotAllowedError", "Permission denied by system")).toBe("system_denied");
    expect(code("NotFoundError")).toBe("device_missing");
    expect(code("NotReadableError")).toBe("device_in_use");
    expect(code("OverconstrainedError")).toBe("device_unsuitable");
    expect(code("TypeError")).toBe("device_failed");
    expect(deviceErrorCode("what?")).toBe("device_failed");
    expect(deviceErrorCode(undefined)).toBe("device_failed");
  });
});

describe("own devices", () => {
  it("show a refused camera as off, with the reason", async () => {
    const { media } = local(() => Promise.reject(new DOMException("", "NotReadableError")));
    await media.setCamera(true);
    expect(media.store.getState().camera).toMatchObject({ isOn: false, track: null, error: "device_in_use" });
  });

  it("fall back to the system's choice when the remembered one is not there", async () => {
    const { media } = local(
      async (wanted) => {
        const audio = wanted.audio as MediaTrackConstraints;
        if (audio.deviceId !== undefined) throw new DOMException("", "OverconstrainedError");
        return new FakeTrack("audio", "system");
      },
      { microphone: "gone", camera: "", speaker: "" },
    );
    await media.setMicrophone(true);
    expect(media.store.getState().microphone.track?.label).toBe("system");
  });

  it("put the camera's light out and keep a muted microphone open", async () => {
    const { media } = local(async (wanted) => new FakeTrack(wanted.video ? "video" : "audio", ""));
    await media.setCamera(true);
    await media.setMicrophone(true);
    const { camera, microphone } = media.store.getState();
    await media.setCamera(false);
    await media.setMicrophone(false);
    expect(camera.track?.readyState).toBe("ended");
    expect(microphone.track?.readyState).toBe("live");
    expect(media.store.getState().camera.track).toBeNull();
  });

  it("throw away a camera that opens after it was switched off again", async () => {
    let opened: FakeTrack | undefined;
    let open: () => void = () => undefined;
    const { media } = local(
      () =>
        new Promise((resolve) => {
          open = () => {
            opened = new FakeTrack("video", "");
            resolve(opened);
          };
        }),
    );
    const on = media.setCamera(true);
    await media.setCamera(false);
    open();
    await on;
    expect(opened?.readyState).toBe("ended");
    expect(media.store.getState().camera).toMatchObject({ isOn: false, track: null });
  });

  it("notice that a device was unplugged", async () => {
    const { media } = local(async () => new FakeTrack("audio", ""));
    await media.setMicrophone(true);
    media.store.getState().microphone.track?.dispatchEvent(new Event("ended"));
    expect(media.store.getState().microphone).toMatchObject({ isOn: false, error: "device_lost" });
  });

  it("move to a newly chosen device and remember it", async () => {
    const { media, remembered } = local(async (wanted) => {
      const video = wanted.video as MediaTrackConstraints;
      return new FakeTrack("video", JSON.stringify(video.deviceId ?? "system"));
    });
    await media.setCamera(true);
    const { track } = media.store.getState().camera;
    await media.choose("camera", "desk");
    expect(track?.readyState).toBe("ended");
    expect(media.store.getState().camera.track?.label).toContain("desk");
    expect(remembered).toEqual([{ microphone: "", camera: "desk", speaker: "" }]);
  });

  it("are no mirror while the camera on the back of a phone is open", async () => {
    const { media } = local(
      async ({ video }) =>
        new FakeTrack(
          "video",
          String(((video as MediaTrackConstraints).facingMode as { ideal: string }).ideal),
        ),
    );
    const looksAway: boolean[] = [];
    await media.setCamera(true);
    looksAway.push(media.store.getState().isCameraLookingAway);
    for (const _ of ["to the back", "to the front"]) {
      await media.turnCamera();
      looksAway.push(media.store.getState().isCameraLookingAway);
    }
    expect(looksAway).toEqual([false, true, false]);
  });

  it("take a cancelled screen dialogue for no error", async () => {
    const { media } = local(async () => new FakeTrack("video", ""));
    expect(await media.startScreen()).toBe(false);
    expect(media.store.getState().screen).toMatchObject({ isOn: false, error: null });
  });

  it("are hidden by the browser on a page without HTTPS", async () => {
    const media = createLocalMedia(
      { chosen: { microphone: "", camera: "", speaker: "" }, remember: () => undefined },
      undefined,
    );
    await media.setMicrophone(true);
    expect(media.store.getState().microphone.error).toBe("insecure_page");
  });

  it("follow what is plugged in and out in the middle of a meeting", async () => {
    const plugged = new EventTarget();
    let found = [{ deviceId: "desk", kind: "audioinput", label: "Bàn chủ tọa" }];
    const capture = {
      enumerateDevices: async () => found,
      getUserMedia: () => Promise.reject(new DOMException("", "NotFoundError")),
      getDisplayMedia: () => Promise.reject(new DOMException("", "NotAllowedError")),
      addEventListener: plugged.addEventListener.bind(plugged),
      removeEventListener: plugged.removeEventListener.bind(plugged),
    } as unknown as CaptureDevices;
    const media = createLocalMedia(
      { chosen: { microphone: "desk", camera: "", speaker: "" }, remember: () => undefined },
      capture,
    );
    const change = async (next: typeof found) => {
      found = next;
      plugged.dispatchEvent(new Event("devicechange"));
      await Promise.resolve();
      await Promise.resolve();
      return media.store.getState().devices.microphone.map((device) => device.id);
    };
    const headset = { deviceId: "headset", kind: "audioinput", label: "Tai nghe" };
    expect(await change([...found, headset])).toEqual(["desk", "headset"]);
    expect(await change([])).toEqual([]);
    expect(media.store.getState().chosen.microphone).toBe("desk");
    media.close();
    expect(await change([headset])).toEqual([]);
  });

  it("are listed by kind, without those that the browser does not name yet", () => {
    const lists = devicesByKind([
      { deviceId: "a", kind: "audioinput", label: "Bàn chủ tọa" },
      { deviceId: "", kind: "videoinput", label: "" },
      { deviceId: "c", kind: "audiooutput", label: "Loa" },
    ]);
    expect(lists).toEqual({
      microphone: [{ id: "a", label: "Bàn chủ tọa" }],
      camera: [],
      speaker: [{ id: "c", label: "Loa" }],
    });
  });
});
