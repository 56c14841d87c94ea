/**
 * The moving picture of a tile, and the wish for it: its size on screen decides what is fetched.
 */
import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import type { ParticipantId } from "../../protocol/generated";
import { selfViewOf } from "../../rtc/self-view";
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
  const small = useSelfView(isOwn && source === "camera" ? own : null);
  if (!isOwn) return received ?? null;
  return source === "camera" ? small : own;
}

/** A small copy of the own camera as long as it is shown. */
function useSelfView(camera: MediaStreamTrack | null): MediaStreamTrack | null {
  const [copy, setCopy] = useState<MediaStreamTrack | null>(null);
  useEffect(() => {
    if (!camera) return;
    const made = selfViewOf(camera);
    setCopy(made);
    return () => {
      made.stop();
      setCopy(null);
    };
  }, [camera]);
  return copy;
}

type TilePictureProps = {
  id: ParticipantId;
  track: MediaStreamTrack | null;
  source: PictureSource;
  importance: 0 | 1 | 2;
  /** The own picture comes from the own device: nothing is fetched for it. */
  isOwn: boolean;
};

export function TilePicture({ id, track, source, importance, isOwn }: TilePictureProps) {
  const meeting = useMeeting();
  const isMirrored = useStore(meeting.local.store, (state) => isOwn && !state.isCameraLookingAway);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current || isOwn) return;
    return meeting.watchTile(box.current, id, source, importance);
  }, [meeting, id, source, importance, isOwn]);
  return (
    <div ref={box} className={styles.box} data-mirrored={isMirrored || undefined} data-source={source}>
      {track ? <TrackVideo track={track} className={styles.video} /> : null}
    </div>
  );
}
