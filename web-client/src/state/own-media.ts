/**
 * Keeps three things in step: what the person pressed, which own devices are open, and what the
 * server says that the person sends. Used by `live-meeting.ts`. Shown at once when pressed; a chair's
 * mute and the server's refusal win. Must never switch anything on by itself: a microphone comes on
 * again only when whoever muted it gives it back (the floor, a call of the roll, an undone mute).
 */
import type { StoreApi } from "zustand/vanilla";
import type { Outcome } from "../protocol/error-codes";
import type { Act, ParticipantView, Request } from "../protocol/generated";
import type { LocalMedia } from "../rtc/local-media";
import type { OwnTracks } from "../rtc/publisher";
import { type MeetingState, may, type OwnMedia, ownView } from "./meeting-store";
import type { Toasts } from "./toasts";

/**
 * How long after the server's `done` its newest view of the person is believed, in ms: the change
 * itself may come a moment after the `done`.
 */
const SETTLE_MS = 500;

type Kind = keyof OwnMedia;

const ACT_OF: Readonly<Record<Kind, Act>> = {
  microphone: "send_sound",
  camera: "send_picture",
  screen: "share_screen",
};

export interface OwnMediaOptions {
  store: StoreApi<MeetingState>;
  local: LocalMedia;
  toasts: Toasts;
  request(request: Request): Promise<Outcome>;
  send(tracks: OwnTracks): void;
}

export class OwnMediaSync {
  readonly #options: OwnMediaOptions;
  #inFlight = 0;
  readonly #unsubscribe: () => void;

  constructor(options: OwnMediaOptions) {
    this.#options = options;
    this.#unsubscribe = options.local.store.subscribe(() => this.#devicesChanged());
  }

  /** Before the greeting: what is open in the lobby is what goes out. */
  beginFromLobby(): void {
    const { microphone, camera } = this.#options.local.store.getState();
    this.#own({ microphone: microphone.isOn, camera: camera.isOn, screen: false });
    this.#publish();
  }

  /** Switches one source; never rejects. */
  async set(kind: Kind, on: boolean): Promise<Outcome> {
    const { store, local } = this.#options;
    if (on && !may(ACT_OF[kind])(store.getState())) return { ok: false, refusal: { error: "not_allowed" } };
    if (kind === "screen" && on && !(await local.startScreen())) {
      this.#tellDevice(kind);
      return this.#deviceOutcome(kind);
    }
    this.#own({ [kind]: on });
    if (kind === "microphone" || kind === "camera") {
      // An open microphone is attached before anybody is asked: unmuting must not cost a syllable.
      this.#publish();
      await (kind === "microphone" ? local.setMicrophone(on) : local.setCamera(on));
      if (on && !local.store.getState()[kind].isOn) {
        this.#own({ [kind]: false });
        this.#publish();
        return this.#deviceOutcome(kind);
      }
    } else if (!on) local.stopScreen();
    this.#publish();
    if (store.getState().phase !== "in") return { ok: true };
    const outcome = await this.#tellServer();
    if (!outcome.ok && on) this.#switchOff(kind);
    return outcome;
  }

  /** The server's view of the person changed from `was`. */
  serverChanged(was?: ParticipantView): void {
    if (this.#inFlight > 0) return;
    const state = this.#options.store.getState();
    const isGivenBack = was?.microphone === false && was.muted_by !== null;
    if (isGivenBack && ownView(state)?.microphone === true && !state.own.microphone) {
      void this.#open();
      return;
    }
    this.#believe();
  }

  /** The server has given the microphone back; without a device it must hear so. */
  async #open(): Promise<void> {
    const outcome = await this.set("microphone", true);
    if (!outcome.ok) void this.#tellServer();
  }

  /** The connection is whole again: accept mutes of the meantime, then say what is still on. */
  serverReady(): void {
    const now = this.#options.store.getState();
    for (const kind of ["microphone", "camera", "screen"] as const) {
      // A listener's lobby offers the same switches as a delegate's.
      if (now.own[kind] && !may(ACT_OF[kind])(now)) this.#switchOff(kind);
    }
    this.#inFlight += 1;
    setTimeout(() => {
      this.#inFlight -= 1;
      const state = this.#options.store.getState();
      const view = ownView(state);
      if (view === undefined || this.#inFlight > 0) return;
      if (state.own.microphone && !view.microphone && view.muted_by !== null) this.#switchOff("microphone");
      const { own } = this.#options.store.getState();
      const isSame =
        own.microphone === view.microphone && own.camera === view.camera && own.screen === view.screen;
      if (!isSame) void this.#tellServer();
    }, SETTLE_MS);
  }

  close(): void {
    this.#unsubscribe();
  }

  #tellServer(): Promise<Outcome> {
    this.#inFlight += 1;
    const answer = this.#options.request({ type: "set_media", ...this.#options.store.getState().own });
    void answer.then(() =>
      setTimeout(() => {
        this.#inFlight -= 1;
        if (this.#inFlight === 0) this.#believe();
      }, SETTLE_MS),
    );
    return answer;
  }

  /** Nothing is under way: whatever the server does not let through is off here too. */
  #believe(): void {
    const state = this.#options.store.getState();
    const view = ownView(state);
    if (state.phase !== "in" || view === undefined) return;
    const devices = this.#options.local.store.getState();
    const kinds: Kind[] = ["microphone", "camera", "screen"];
    for (const kind of kinds) {
      // The server hears of a device when it is open, which takes seconds with a slow camera.
      if (state.own[kind] && !view[kind] && !devices[kind].isStarting) this.#switchOff(kind);
    }
    if (kinds.some((kind) => !state.own[kind] && view[kind])) void this.#tellServer();
  }

  #switchOff(kind: Kind): void {
    const { local } = this.#options;
    this.#own({ [kind]: false });
    if (kind === "microphone") void local.setMicrophone(false);
    else if (kind === "camera") void local.setCamera(false);
    else local.stopScreen();
    this.#publish();
  }

  /** A device was opened, swapped, unplugged, or the person ended sharing in the browser's own bar. */
  #devicesChanged(): void {
    const { store, local } = this.#options;
    const devices = local.store.getState();
    const { own, phase } = store.getState();
    this.#publish();
    let hasChanged = false;
    for (const kind of ["microphone", "camera", "screen"] as const) {
      const device = devices[kind];
      const isGone = own[kind] && !device.isOn && !device.isStarting;
      if (!isGone) continue;
      this.#own({ [kind]: false });
      hasChanged = true;
      this.#tellDevice(kind);
    }
    if (hasChanged && phase === "in") void this.#tellServer();
  }

  #publish(): void {
    const { own } = this.#options.store.getState();
    const { microphone, camera, screen, screenAudio } = this.#options.local.store.getState();
    this.#options.send({
      microphone: own.microphone ? microphone.track : null,
      camera: own.camera ? camera.track : null,
      screen: own.screen ? screen.track : null,
      screen_audio: own.screen ? screenAudio : null,
    });
  }

  #tellDevice(kind: Kind): void {
    const { error } = this.#options.local.store.getState()[kind];
    if (error === null) return;
    const code = error === "device_lost" ? "device_lost" : "device_error";
    this.#options.toasts.show(code, { device: kind, error }, "error");
  }

  #deviceOutcome(kind: Kind): Outcome {
    const { error } = this.#options.local.store.getState()[kind];
    return error === null ? { ok: true } : { ok: false, refusal: { error: "device", device: error } };
  }

  #own(part: Partial<OwnMedia>): void {
    const { store } = this.#options;
    store.setState({ own: { ...store.getState().own, ...part } });
  }
}
