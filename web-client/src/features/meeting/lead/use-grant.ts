/**
 * Gives the floor by one command. What the person has seen goes with it, so that two who lead at once do
 * not give it twice.
 */
import { useCallback } from "react";
import type { CourseRequest } from "../../../state/meeting";
import { useMeeting } from "../meeting-context";

type Grant = Omit<Extract<CourseRequest, { type: "grant_floor" }>, "type" | "seen">;

export function useGrant(): (grant: Grant) => void {
  const { commands, store } = useMeeting();
  return useCallback(
    (grant) => {
      const seen = store.getState().floor.turn?.number ?? 0;
      void commands.course({ type: "grant_floor", ...grant, seen });
    },
    [commands, store],
  );
}
