/**
 * What is wrong with microphone or camera and how to mend it. Never stops anybody from joining.
 */
import { CameraOff, MicOff, RotateCw, VideoOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import type { LocalMedia } from "../../rtc/local-media";
import { Button } from "../../ui/Button";
import { NoticeCard } from "../../ui/Notice";
import styles from "./DeviceNotice.module.css";
import { type DeviceTrouble, deviceTrouble } from "./device-trouble";

/** Troubles that pressing "try again" can end. */
const CAN_RETRY: readonly DeviceTrouble[] = [
  "blocked",
  "camera_in_use",
  "mic_in_use",
  "unusable",
  "no_camera",
  "no_microphone",
  "none",
];

export function DeviceNotice({ local }: { local: LocalMedia }) {
  const { t } = useTranslation();
  const microphone = useStore(local.store, (state) => state.microphone.error);
  const camera = useStore(local.store, (state) => state.camera.error);
  const trouble = deviceTrouble(microphone, camera);
  if (trouble === null) return null;
  const retry = () => {
    if (microphone !== null) void local.setMicrophone(true);
    if (camera !== null) void local.setCamera(true);
  };
  return (
    <div role="status">
      <NoticeCard
        kind="warn"
        icon={iconOf(trouble)}
        title={t(`device.${trouble}_title`)}
        text={t(`device.${trouble}_text`)}
        code={t("lobby.code", { code: microphone ?? camera ?? "" })}
        actions={
          CAN_RETRY.includes(trouble) ? (
            <Button icon={<RotateCw size={18} aria-hidden />} onPress={retry}>
              {t("action.retry")}
            </Button>
          ) : undefined
        }
      >
        {trouble === "blocked" ? (
          <ol className={styles.steps}>
            <li>{t("device.blocked_step_1")}</li>
            <li>{t("device.blocked_step_2")}</li>
            <li>{t("device.blocked_step_3")}</li>
          </ol>
        ) : null}
      </NoticeCard>
    </div>
  );
}

function iconOf(trouble: DeviceTrouble) {
  if (trouble === "mic_in_use" || trouble === "no_microphone") return <MicOff size={20} />;
  if (trouble === "camera_in_use" || trouble === "no_camera") return <VideoOff size={20} />;
  return <CameraOff size={20} />;
}
