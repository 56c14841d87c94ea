/**
 * Feeds a video element from a playlist: by hls.js, or by the browser itself where it plays HLS and hls.js cannot run.
 *
 * Used by LivePlayer. Goes on by itself after every failure that may pass; knows no React.
 */
import Hls, { type HlsConfig } from "hls.js";

/** Behind the newest picture: three segments of two seconds. */
const LAG_S = 6;
/** Further behind, it catches up by leaps. */
const MOST_LAG_S = 20;
/** Wait before everything is tried anew, in ms. */
const ANEW_MS = 2_000;

const SETTINGS: Partial<HlsConfig> = {
  liveSyncDuration: LAG_S,
  liveMaxLatencyDuration: MOST_LAG_S,
  backBufferLength: 30,
};

/** Plays `playlist` in `video` until the returned function is called. */
export function feed(video: HTMLVideoElement, playlist: string): () => void {
  if (!Hls.isSupported()) {
    video.src = playlist;
    return () => video.removeAttribute("src");
  }
  let player: Hls | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const begin = () => {
    const next = new Hls(SETTINGS);
    player = next;
    next.on(Hls.Events.ERROR, (_, { fatal, type }) => {
      if (!fatal) return;
      if (type === Hls.ErrorTypes.MEDIA_ERROR) {
        next.recoverMediaError();
        return;
      }
      next.destroy();
      timer = setTimeout(begin, ANEW_MS);
    });
    next.loadSource(playlist);
    next.attachMedia(video);
  };
  begin();
  return () => {
    clearTimeout(timer);
    player?.destroy();
  };
}
