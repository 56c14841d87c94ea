/**
 * What the screens see of a meeting: its state, the commands and the few live things that do not
 * go through React. Implemented by `live-meeting.ts` and, without a network, by
 * `testing/fake-meeting.ts`; screens must not know which of the two they have.
 */
import type { StoreApi } from "zustand/vanilla";
import type { Outcome } from "../protocol/error-codes";
import type { ConferenceId, ParticipantId, Request } from "../protocol/generated";
import type { LocalMedia } from "../rtc/local-media";
import type { Announcer } from "./announcer";
import type { MeetingState, PictureSource } from "./meeting-store";
import type { Toasts } from "./toasts";

/** What runs the course of a meeting: floor, stage, agenda, sites, roll call, patrol. */
export type CourseRequest = Extract<
  Request,
  {
    type:
      | "undo_mute"
      | "microphones"
      | "request_floor"
      | "withdraw_floor"
      | "move_request"
      | "grant_floor"
      | "release_floor"
      | "floor_time"
      | "floor_registration"
      | "set_stage"
      | "arrange_picture"
      | "set_caption"
      | "set_kind"
      | "open_live"
      | "close_live"
      | "name_deputy"
      | "set_agenda"
      | "open_item"
      | "close_item"
      | "conclude_item"
      | "start_roll_call"
      | "call_site"
      | "mark_site"
      | "pause_roll_call"
      | "finish_roll_call"
      | "seat"
      | "call_absent"
      | "start_patrol"
      | "turn_patrol"
      | "stop_patrol";
  }
>;

/** Everything that a person can do in a meeting. Nothing throws: refusals come back as outcomes. */
export interface MeetingCommands {
  /**
   * Enters with what `local` has switched on; the store tells how far it has come. With `moves` the
   * place that the person holds in another window or device is taken over.
   */
  join(moves?: boolean): void;
  /** Leaves for good; the store's phase becomes `ended` with reason `left`. */
  leave(): Promise<void>;
  /** Own microphone and camera: shown at once, put back when the device or the server refuses. */
  toggleMicrophone(): Promise<Outcome>;
  toggleCamera(): Promise<Outcome>;
  /** Asks the browser which window to share. Done without sharing when the person cancels. */
  startScreen(): Promise<Outcome>;
  stopScreen(): Promise<Outcome>;
  raiseHand(): Promise<Outcome>;
  /** Own hand without `participant`. */
  lowerHand(participant?: ParticipantId): Promise<Outcome>;
  /** `text` is trimmed and put into NFC; keep it in the input until the outcome is ok. */
  chat(text: string): Promise<Outcome>;
  mute(participant: ParticipantId): Promise<Outcome>;
  muteAll(): Promise<Outcome>;
  remove(participant: ParticipantId): Promise<Outcome>;
  lock(locked: boolean): Promise<Outcome>;
  /** Lets everybody come before the time that was set. */
  openDoor(): Promise<Outcome>;
  waitingRoom(enabled: boolean): Promise<Outcome>;
  admit(participant: ParticipantId): Promise<Outcome>;
  admitAll(): Promise<Outcome>;
  /** Sends somebody in the waiting room away. */
  turn(participant: ParticipantId): Promise<Outcome>;
  endForAll(): Promise<Outcome>;
  /** One act on the course of the meeting; the screens show what the server makes of it. */
  course(request: CourseRequest): Promise<Outcome>;
  /** Plays the sound after the browser blocked it; must be called from a press of the person. */
  unblockSound(): Promise<void>;
  /** Tries again at once instead of waiting for the next attempt. */
  reconnectNow(): void;
}

/** Whose level: a participant's, or the own microphone's (also while muted). */
export type LevelOwner = ParticipantId | "self";

/** One meeting as the screens use it. */
export interface Meeting {
  readonly conference: ConferenceId;
  readonly store: StoreApi<MeetingState>;
  readonly local: LocalMedia;
  readonly commands: MeetingCommands;
  readonly toasts: Toasts;
  readonly announcer: Announcer;
  /**
   * Tells that `element` shows this picture as long as it is mounted: its size and visibility
   * decide which layer is fetched. Larger `importance` first when more than 28 are wished for
   * (0 grid, 1 speaker, 2 stage or pinned). Returns the end of it.
   */
  watchTile(
    element: Element,
    participant: ParticipantId,
    source: PictureSource,
    importance?: number,
  ): () => void;
  /** Calls back with 0 (silence) to 1, voices up to 4 and oneself up to 8 times a second; meant for a CSS variable. */
  onLevel(owner: LevelOwner, listener: (level: number) => void): () => void;
  /** Ends everything at once, as when the page is left. */
  close(): void;
}
