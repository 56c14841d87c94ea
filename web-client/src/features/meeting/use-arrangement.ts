/**
 * The arrangement of the stage over time: feeds arrange.ts with people, voices and the clock.
 */
import { useEffect, useState } from "react";
import type { ParticipantId } from "../../protocol/generated";
import type { MeetingState } from "../../state/meeting-store";
import { type Arrangement, type Attending, arrange, noArrangement, REORDER_MS } from "./arrange";
import { useMeeting, useView } from "./meeting-context";
import { visiblePeople } from "./stage-set";

export function useArrangement(): Arrangement {
  const { store } = useMeeting();
  const pinned = useView((view) => view.pinned);
  const [arrangement, setArrangement] = useState(() =>
    arrange(noArrangement(), attendingOf(store.getState(), pinned, performance.now())),
  );
  useEffect(() => {
    const update = () =>
      setArrangement((previous) =>
        arrange(previous, attendingOf(store.getState(), pinned, performance.now())),
      );
    update();
    const end = store.subscribe(update);
    // A change that had to wait comes due without any event.
    const timer = setInterval(update, REORDER_MS / 2);
    return () => {
      end();
      clearInterval(timer);
    };
  }, [store, pinned]);
  return arrangement;
}

export function attendingOf(state: MeetingState, pinned: ParticipantId | null, nowMs: number): Attending {
  return {
    people: visiblePeople(state),
    self: state.you?.participant ?? null,
    // Who has the floor stands first in every row, before the chair.
    chairs: [
      ...state.order.filter((id) => id === state.floor.turn?.participant),
      ...state.order.filter(
        (id) => state.participants.get(id)?.role === "chair" && id !== state.floor.turn?.participant,
      ),
    ],
    pinned,
    speaking: state.speakers.map((speaker) => speaker.participant),
    nowMs,
  };
}
