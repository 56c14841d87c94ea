/**
 * What others will see: the own picture or the initials, with the two switches on it. The switches
 * say what the person wants, at once: a camera may take seconds to open, and can be switched off
 * again meanwhile.
 */
import { Mic, MicOff, Video, VideoOff } from "lucide-react";
import type { ReactNode } from "react";
import { ToggleButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import type { LocalMedia } from "../../rtc/local-media";
import { Avatar } from "../../ui/Avatar";
import { TrackVideo } from "../../ui/TrackVideo";
import styles from "./Preview.module.css";

type PreviewProps = {
  local: LocalMedia;
  name: string;
  unit: string;
  maySend: boolean;
};

export function Preview({ local, name, unit, maySend }: PreviewProps) {
  const { t } = useTranslation();
  const camera = useStore(local.store, (state) => state.camera);
  const microphone = useStore(local.store, (state) => state.microphone);
  const isMirrored = useStore(local.store, (state) => !state.isCameraLookingAway);
  const isShown = camera.isOn && camera.track !== null;
  return (
    <div
      className={styles.preview}
      data-mirrored={isMirrored || undefined}
      data-off={isShown ? undefined : camera.error === null && microphone.error === null ? "calm" : "notice"}
    >
      {isShown && camera.track ? (
        <TrackVideo track={camera.track} className={styles.picture} label={t("lobby.preview")} />
      ) : (
        <div className={styles.off}>
          <Avatar name={name || "?"} size="large" />
          <span>{t(camera.isStarting ? "lobby.preview_starting" : "lobby.preview_off")}</span>
        </div>
      )}
      {name ? (
        <div className={styles.plate}>
          <strong title={name}>
            <bdi>{name}</bdi>
          </strong>
          {unit ? <span className={styles.unit}>{unit}</span> : null}
        </div>
      ) : null}
      {maySend ? (
        <div className={styles.switches}>
          <Toggle
            isOn={microphone.isOn}
            on={<Mic size={20} aria-hidden />}
            off={<MicOff size={20} aria-hidden />}
            label={t(microphone.isOn ? "lobby.mic_on" : "lobby.mic_off")}
            onChange={(on) => void local.setMicrophone(on)}
          />
          <Toggle
            isOn={camera.isOn}
            on={<Video size={20} aria-hidden />}
            off={<VideoOff size={20} aria-hidden />}
            label={t(camera.isOn ? "lobby.camera_on" : "lobby.camera_off")}
            onChange={(on) => void local.setCamera(on)}
          />
        </div>
      ) : null}
    </div>
  );
}

type ToggleProps = {
  isOn: boolean;
  on: ReactNode;
  off: ReactNode;
  label: string;
  onChange: (on: boolean) => void;
};

function Toggle({ isOn, on, off, label, onChange }: ToggleProps) {
  return (
    <ToggleButton isSelected={isOn} onChange={onChange} className={styles.switch ?? ""}>
      {isOn ? on : off}
      {label}
    </ToggleButton>
  );
}
