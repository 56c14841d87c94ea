/**
 * The course of a meeting in which nothing happens: nobody has the floor, no stage is set. Used by fakes
 * and tests as the part of a snapshot that they are not about.
 */
import type { ConferenceView } from "../protocol/generated";
import { emptyMeeting } from "../state/meeting-store";

const { floor, stage } = emptyMeeting();

export const QUIET_COURSE: Pick<
  ConferenceView,
  "floor" | "stage" | "agenda" | "sites" | "roll_call" | "patrol"
> = { floor, stage, agenda: [], sites: [], roll_call: null, patrol: null };
