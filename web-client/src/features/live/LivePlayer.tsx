/**
 * The player of a live stream: picture, pause, sound, the way back to now, full screen.
 *
 * Begins silent where the browser wants it so; a button switches the sound on.
 */
import {
  MediaControlBar,
  MediaController,
  MediaFullscreenButton,
  MediaLiveButton,
  MediaMuteButton,
  MediaPlayButton,
  MediaVolumeRange,
} from "media-chrome/react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { feed } from "./hls-source";
import styles from "./LivePage.module.css";

export function LivePlayer({ playlist, title }: { playlist: string; title: string }) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const [isSilent, setSilent] = useState(false);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const stop = feed(element, playlist);
    element.play().catch(() => {
      element.muted = true;
      setSilent(true);
      return element.play().catch(() => undefined);
    });
    return stop;
  }, [playlist]);
  const hear = () => {
    if (video.current) video.current.muted = false;
    setSilent(false);
  };
  return (
    <div className={styles.player}>
      <MediaController className={styles.controller ?? ""} defaultStreamType="live" aria-label={title}>
        {/* biome-ignore lint/a11y/useMediaCaption: nobody writes captions while a meeting goes out */}
        <video
          slot="media"
          ref={video}
          className={styles.video}
          playsInline
          aria-label={title}
          onVolumeChange={(event) => setSilent((silent) => silent && event.currentTarget.muted)}
        />
        <MediaControlBar className={styles.bar ?? ""}>
          <MediaPlayButton noTooltip aria-label={t("live.play")} />
          <MediaLiveButton noTooltip aria-label={t("live.to_now")}>
            <span slot="text">{t("live.mark")}</span>
          </MediaLiveButton>
          <span className={styles.gap} />
          <MediaMuteButton noTooltip aria-label={t("live.sound")} />
          <MediaVolumeRange aria-label={t("live.volume")} className={styles.volume ?? ""} />
          <MediaFullscreenButton noTooltip aria-label={t("live.full")} />
        </MediaControlBar>
      </MediaController>
      {isSilent ? (
        <div className={styles.hear}>
          <Button variant="primary" onPress={hear}>
            {t("live.hear")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
