/** Rules of the own microphone, camera and screen: shown at once, undone when refused, muted when muted. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Outcome } from "../protocol/error-codes";
import type { ParticipantView, Request } from "../protocol/generated";
import { type CaptureDevices, createLocalMedia } from "../rtc/local-media";
import { NO_TRACKS, type OwnTracks } from "../rtc/publisher";
import { createMeetingStore } from "./meeting-store";
import { OwnMediaSync } from "./own-media";
import { createToasts } from "./toasts";

function fakeTrack(kind: string): MediaStreamTrack {
  return Object.assign(new EventTarget(), {
    kind,
    stop: () => undefined,
    getSettings: () => ({}),
    contentHint: "",
  }) as unknown as MediaStreamTrack;
}

function seat(
  answer: (request: Request) => Promise<Outcome> = () => Promise.resolve({ ok: true }),
  opened: () => Promise<void> = () => Promise.resolve(),
) {
  const capture = {
    enumerateDevices: async () => [],
    getUserMedia: async (wanted: MediaStreamConstraints) => {
      await opened();
      return { getTracks: () => [fakeTrack(wanted.video ? "video" : "audio")] };
    },
    getDisplayMedia: async () => ({
      getTracks: () => [],
      getVideoTracks: () => [fakeTrack("video")],
      getAudioTracks: () => [fakeTrack("audio")],
    }),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  } as unknown as CaptureDevices;
  const local = createLocalMedia(
    { chosen: { microphone: "", camera: "", speaker: "" }, remember: () => undefined },
    capture,
  );
  const store = createMeetingStore();
  const requests: Request[] = [];
  let sent: OwnTracks = NO_TRACKS;
  const own = new OwnMediaSync({
    store,
    local,
    toasts: createToasts(),
    request(request) {
      requests.push(request);
      return answer(request);
    },
    send: (tracks) => {
      sent = tracks;
    },
  });
  const server = (part: Partial<ParticipantView>) => {
    const view: ParticipantView = {
      id: 1,
      name: "",
      unit: "",
      role: "delegate",
      presence: "here",
      microphone: false,
      camera: false,
      screen: false,
      muted_by: null,
      ...store.getState().participants.get(1),
      ...part,
    };
    const was = store.getState().participants.get(1);
    store.setState({ participants: new Map([[1, view]]) });
    own.serverChanged(was);
  };
  store.setState({
    phase: "in",
    you: { participant: 1, role: "delegate", may: ["send_sound", "send_picture", "share_screen"] },
  });
  server({});
  return { own, store, local, requests, server, sent: () => sent };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("own media", () => {
  it("goes out and is told to the server when switched on", async () => {
    const { own, requests, sent, store } = seat();
    await own.set("microphone", true);
    expect(sent().microphone?.kind).toBe("audio");
    expect(store.getState().own.microphone).toBe(true);
    expect(requests).toEqual([{ type: "set_media", microphone: true, camera: false, screen: false }]);
  });

  it("stops going out when muted, with the device still open", async () => {
    const { own, sent, local } = seat();
    await own.set("microphone", true);
    await own.set("microphone", false);
    expect(sent().microphone).toBeNull();
    expect(local.store.getState().microphone.track).not.toBeNull();
  });

  it("opens the microphone when whoever muted it gives the floor", async () => {
    const { own, store, server, sent } = seat();
    await own.set("microphone", true);
    server({ microphone: true });
    await vi.advanceTimersByTimeAsync(1000);
    server({ microphone: false, muted_by: 2 });
    expect(sent().microphone).toBeNull();
    server({ microphone: true, muted_by: null });
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.getState().own.microphone).toBe(true);
    expect(sent().microphone?.kind).toBe("audio");
  });

  it("never opens a microphone that the person has switched off", async () => {
    const { store, server, requests } = seat();
    server({ microphone: false, muted_by: null });
    server({ microphone: true });
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.getState().own.microphone).toBe(false);
    expect(requests.at(-1)).toMatchObject({ type: "set_media", microphone: false });
  });

  it("is put back when the server refuses", async () => {
    const { own, sent, store } = seat(async () => ({ ok: false, refusal: { error: "not_allowed" } }));
    const outcome = await own.set("camera", true);
    expect(outcome.ok).toBe(false);
    expect(store.getState().own.camera).toBe(false);
    expect(sent().camera).toBeNull();
  });

  it("is not even opened when the role may not send it", async () => {
    const { own, store, requests, local } = seat();
    store.setState({ you: { participant: 1, role: "listener", may: ["chat"] } });
    expect(await own.set("camera", true)).toEqual({ ok: false, refusal: { error: "not_allowed" } });
    expect(requests).toEqual([]);
    expect(local.store.getState().camera.track).toBeNull();
  });

  it("is switched off by the chair's mute", async () => {
    const { own, server, store, sent } = seat();
    await own.set("microphone", true);
    server({ microphone: true });
    await vi.advanceTimersByTimeAsync(600);
    server({ microphone: false, muted_by: 2 });
    expect(store.getState().own.microphone).toBe(false);
    expect(sent().microphone).toBeNull();
  });

  it("stays on while an older view of the server arrives", async () => {
    const { own, server, store } = seat();
    await own.set("microphone", true);
    server({ microphone: false });
    expect(store.getState().own.microphone).toBe(true);
    server({ microphone: true });
    await vi.advanceTimersByTimeAsync(600);
    expect(store.getState().own.microphone).toBe(true);
  });

  it("stays on while its device takes long to open, whatever the server says of others meanwhile", async () => {
    let open: () => void = () => undefined;
    const { own, server, store, requests } = seat(
      undefined,
      () => new Promise<void>((done) => (open = done)),
    );
    const on = own.set("camera", true);
    server({ name: "Nguyễn Thị Ỷ Ậu" });
    expect(store.getState().own.camera).toBe(true);
    open();
    await on;
    expect(requests.at(-1)).toMatchObject({ type: "set_media", camera: true });
  });

  it("ends with a mute that came while switching on was under way", async () => {
    const { own, server, store } = seat();
    await own.set("microphone", true);
    server({ microphone: true });
    server({ microphone: false, muted_by: 2 });
    await vi.advanceTimersByTimeAsync(600);
    expect(store.getState().own.microphone).toBe(false);
  });

  it("keeps a shared screen over a restart of the server, but not what was muted meanwhile", async () => {
    const { own, server, store, requests } = seat();
    await own.set("screen", true);
    await own.set("microphone", true);
    server({ screen: true, microphone: true });
    await vi.advanceTimersByTimeAsync(600);
    requests.length = 0;
    own.serverReady();
    server({ screen: false, microphone: false, muted_by: 2 });
    await vi.advanceTimersByTimeAsync(600);
    expect(store.getState().own).toEqual({ microphone: false, camera: false, screen: true });
    expect(requests).toEqual([{ type: "set_media", microphone: false, camera: false, screen: true }]);
  });

  it("shares sound with the screen and stops both when the person ends it in the browser", async () => {
    const { own, local, sent, store, requests } = seat();
    await own.set("screen", true);
    expect(sent().screen_audio?.kind).toBe("audio");
    local.store.getState().screen.track?.dispatchEvent(new Event("ended"));
    expect(store.getState().own.screen).toBe(false);
    expect(sent()).toMatchObject({ screen: null, screen_audio: null });
    expect(requests.at(-1)).toMatchObject({ type: "set_media", screen: false });
  });
});
