/**
 * The moving picture of a tile, and the wish for it: its size on screen decides what is fetched.
 */
import { useEffect, useRef } from "react";
import { useStore } from "zustand";
import type { ParticipantId } from "../../protocol/generated";
import { type PictureSource, trackOf } from "../../state/meeting-store";
import { TrackVideo } from "../../ui/TrackVideo";
import { useMeeting, useMeetingState } from "./meeting-context";
import styles from "./TilePicture.module.css";

/** The track of a person's picture; the own one comes from the own device. */
export function usePictureTrack(id: ParticipantId, source: PictureSource): MediaStreamTrack | null {
  const meeting = useMeeting();
  const isOwn = useMeetingState((state) => state.you?.participant === id);
  const received = useMeetingState(trackOf(id, source));
  const own = useStore(meeting.local.store, (state) => (state[source].isOn ? state[source].track : null));
  return (isOwn ? own : received) ?? null;
}

type TilePictureProps = {
  id: ParticipantId;
  track: MediaStreamTrack | null;
  source: PictureSource;
  importance: 0 | 1 | 2;
  isMirrored: boolean;
};

export function TilePicture({ id, track, source, importance, isMirrored }: TilePictureProps) {
  const meeting = useMeeting();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current || isMirrored) return;
    return meeting.watchTile(box.current, id, source, importance);
  }, [meeting, id, source, importance, isMirrored]);
  return (
    <div ref={box} className={styles.box} data-mirrored={isMirrored || undefined} data-source={source}>
      {track ? <TrackVideo track={track} className={styles.video} /> : null}
    </div>
  );
}
