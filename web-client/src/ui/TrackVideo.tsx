/**
 * Plays one picture track, silently; sound is played elsewhere.
 *
 * Used by the preview, tiles and content. Never restarts when its parent is drawn anew.
 */
import { memo, useEffect, useRef } from "react";

type TrackVideoProps = {
  track: MediaStreamTrack;
  className?: string | undefined;
  label?: string;
  /** The first picture of the track can be seen. */
  onFirstPicture?: () => void;
};

export const TrackVideo = memo(function TrackVideo({
  track,
  className,
  label,
  onFirstPicture,
}: TrackVideoProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = new MediaStream([track]);
    element.play().catch(() => undefined);
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  return (
    <video
      ref={video}
      className={className}
      autoPlay
      muted
      playsInline
      disablePictureInPicture
      {...(onFirstPicture ? { onLoadedData: onFirstPicture } : {})}
      {...(label ? { "aria-label": label } : { "aria-hidden": true })}
    />
  );
});
