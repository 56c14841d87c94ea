/**
 * What the stage that is set for all means for one viewer. Pure; the same rules as the server's, which
 * decides whose pictures it sends.
 */
import type { ParticipantId, StageView } from "../../protocol/generated";
import { type MeetingState, may } from "../../state/meeting-store";

/** Something is set for all: a layout, or somebody on the stage. */
export function isStageSet(stage: StageView): boolean {
  return stage.layout !== "automatic" || stage.of !== "nobody";
}

/** The viewer may look at others than those on the stage. */
export function looksAround(state: MeetingState): boolean {
  const isAudience = state.conference?.kind === "lecture" && state.you?.role === "listener";
  return may("mute")(state) || (state.stage.free && !isAudience);
}

/** Who can be seen at all, in order of arrival. */
export function visiblePeople(state: MeetingState): readonly ParticipantId[] {
  const { stage, conference, you, order } = state;
  const isGallery = stage.layout === "gallery" && conference?.kind !== "lecture";
  if (isGallery || looksAround(state)) return order;
  const shown = new Set([...stage.pictures, conference?.presiding, you?.participant]);
  return order.filter((id) => shown.has(id));
}

export type StageShape =
  /** The viewer's own choice of layout. */
  | { kind: "own" }
  | { kind: "content" }
  | { kind: "gallery" }
  /** One large, the others in a row. */
  | { kind: "speaker"; large: ParticipantId }
  /** These alone, the same size. */
  | { kind: "pictures"; pictures: readonly ParticipantId[] };

/** What stands on the viewer's screen. `hasScreen`: somebody shares one. */
export function stageShape(state: MeetingState, isFollowing: boolean, hasScreen: boolean): StageShape {
  const { stage } = state;
  if (!isStageSet(stage) || (!isFollowing && looksAround(state))) {
    return hasScreen ? { kind: "content" } : { kind: "own" };
  }
  const pictures = stage.pictures.filter((id) => state.participants.has(id));
  const [first] = pictures;
  switch (stage.layout) {
    case "gallery":
      return { kind: "gallery" };
    case "content":
      return hasScreen ? { kind: "content" } : { kind: "pictures", pictures };
    case "automatic":
      if (hasScreen) return { kind: "content" };
      return stage.of === "floor" && first !== undefined
        ? { kind: "speaker", large: first }
        : { kind: "pictures", pictures };
    default:
      return { kind: "pictures", pictures };
  }
}
