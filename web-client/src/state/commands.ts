/**
 * The one door for what a person does in a meeting: each press becomes a request to the server, a
 * refused one becomes a toast with its code. Built by `live-meeting.ts`. Only the own microphone,
 * camera and hand are shown before the server has agreed.
 */
import type { StoreApi } from "zustand/vanilla";
import type { Outcome } from "../protocol/error-codes";
import type { Request } from "../protocol/generated";
import type { MeetingCommands } from "./meeting";
import { isOwnHandUp, type MeetingState } from "./meeting-store";
import type { OwnMediaSync } from "./own-media";
import type { Toasts } from "./toasts";

export interface CommandOptions {
  store: StoreApi<MeetingState>;
  toasts: Toasts;
  own: Pick<OwnMediaSync, "set">;
  request(request: Request): Promise<Outcome>;
  join(moves?: boolean): void;
  leave(): Promise<void>;
  unblockSound(): Promise<void>;
  reconnectNow(): void;
}

export function createCommands(options: CommandOptions): MeetingCommands {
  const { store, toasts, own } = options;

  const told = (outcome: Outcome): Outcome => {
    // What is wrong with a device has been told by `own-media.ts`.
    if (!outcome.ok && outcome.refusal.error !== "device") {
      const { error, ...facts } = outcome.refusal;
      toasts.show("refused", { error, ...facts }, "error");
    }
    return outcome;
  };
  const ask = async (request: Request) => told(await options.request(request));

  const hand = async (isUp: boolean) => {
    if (isOwnHandUp(store.getState()) === isUp) return { ok: true } as const;
    store.setState({ handWish: isUp });
    const outcome = await ask(isUp ? { type: "raise_hand" } : { type: "lower_hand" });
    if (!outcome.ok) store.setState({ handWish: null });
    return outcome;
  };

  return {
    join: options.join,
    leave: options.leave,
    toggleMicrophone: async () => told(await own.set("microphone", !store.getState().own.microphone)),
    toggleCamera: async () => told(await own.set("camera", !store.getState().own.camera)),
    startScreen: async () => told(await own.set("screen", true)),
    stopScreen: async () => told(await own.set("screen", false)),
    raiseHand: () => hand(true),
    lowerHand(participant) {
      const isOwn = participant === undefined || participant === store.getState().you?.participant;
      return isOwn ? hand(false) : ask({ type: "lower_hand", participant });
    },
    // The input shows a refused message itself, together with the text.
    chat: (text) => options.request({ type: "chat", text: text.trim().normalize("NFC") }),
    mute: (participant) => ask({ type: "mute", participant }),
    muteAll: () => ask({ type: "mute_all" }),
    remove: (participant) => ask({ type: "remove", participant }),
    lock: (locked) => ask({ type: "lock", locked }),
    openDoor: () => ask({ type: "open_door" }),
    waitingRoom: (enabled) => ask({ type: "waiting_room", enabled }),
    admit: (participant) => ask({ type: "admit", participant }),
    admitAll: () => ask({ type: "admit_all" }),
    turn: (participant) => ask({ type: "turn", participant }),
    endForAll: () => ask({ type: "end_for_all" }),
    course: ask,
    unblockSound: options.unblockSound,
    reconnectNow: options.reconnectNow,
  };
}
