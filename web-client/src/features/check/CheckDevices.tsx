/**
 * The part of the connection test that only a person can judge: one's own picture, the test sound, and
 * one's own voice played back.
 */
import { AudioLines, Volume2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import type { LocalMedia } from "../../rtc/local-media";
import { recordAndPlay } from "../../rtc/playback";
import { Button } from "../../ui/Button";
import { DeviceChoices } from "../../ui/DeviceChoices";
import { DeviceNotice } from "../../ui/DeviceNotice";
import { TrackVideo } from "../../ui/TrackVideo";
import styles from "./CheckDevices.module.css";

type CheckDevicesProps = { local: LocalMedia; onHeard: (isHeard: boolean) => void };

export function CheckDevices({ local, onHeard }: CheckDevicesProps) {
  const { t } = useTranslation();
  const camera = useStore(local.store, (state) => state.camera.track);
  const microphone = useStore(local.store, (state) => state.microphone.track);
  const speaker = useStore(local.store, (state) => state.chosen.speaker);
  const [isAsked, setAsked] = useState(false);
  const [work, setWork] = useState<"none" | "recording" | "playing">("none");
  const hear = () => void local.testSpeaker().finally(() => setAsked(true));
  const answer = (isHeard: boolean) => {
    setAsked(false);
    onHeard(isHeard);
  };
  const record = () => {
    if (microphone === null) return;
    setWork("recording");
    recordAndPlay(microphone, speaker, () => setWork("playing"))
      .catch(() => undefined)
      .finally(() => setWork("none"));
  };
  return (
    <div className={styles.devices}>
      <DeviceNotice local={local} />
      <div className={styles.picture}>
        {camera ? (
          <TrackVideo track={camera} className={styles.video} label={t("check.picture")} />
        ) : (
          <span>{t("lobby.preview_off")}</span>
        )}
      </div>
      <DeviceChoices local={local} layout="column" />
      <div className={styles.buttons}>
        <Button icon={<Volume2 size={18} aria-hidden />} onPress={hear}>
          {t("check.hear_test")}
        </Button>
        <Button
          icon={<AudioLines size={18} aria-hidden />}
          isDisabled={microphone === null || work !== "none"}
          onPress={record}
        >
          {t(work === "none" ? "check.record" : work === "recording" ? "check.recording" : "check.playing")}
        </Button>
      </div>
      {isAsked ? (
        <div className={styles.buttons} role="status">
          <Button variant="primary" onPress={() => answer(true)}>
            {t("check.heard")}
          </Button>
          <Button onPress={() => answer(false)}>{t("check.not_heard")}</Button>
        </div>
      ) : null}
    </div>
  );
}
