/**
 * What is wrong with microphone or camera and how to mend it, for this browser. Never stops anybody
 * from joining.
 *
 * Used by the lobby and by the dialog of devices in the meeting.
 */
import { RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import type { LocalMedia } from "../rtc/local-media";
import { Button } from "./Button";
import { browserKind } from "./browser";
import { type DeviceTrouble, deviceTrouble } from "./device-trouble";
import { NoticeCard } from "./Notice";
import type { StateMotif } from "./StatePicture";
import { Steps } from "./Steps";

const PICTURES: Readonly<Record<DeviceTrouble, StateMotif>> = {
  blocked: "blocked",
  system_blocked: "blocked",
  insecure: "insecure",
  none: "no_devices",
  no_camera: "no_camera",
  no_microphone: "no_microphone",
  camera_in_use: "in_use",
  mic_in_use: "in_use",
  unplugged: "unplugged",
  unusable: "unplugged",
};

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
        picture={PICTURES[trouble]}
        title={t(`device.${trouble}_title`)}
        text={t(`device.${trouble}_text`)}
        code={t("lobby.code", { code: microphone ?? camera ?? "" })}
        actions={
          // Only another address helps against a page without HTTPS.
          trouble === "insecure" ? undefined : (
            <Button icon={<RotateCw size={18} aria-hidden />} onPress={retry}>
              {t("action.retry")}
            </Button>
          )
        }
      >
        {trouble === "blocked" ? <PermissionSteps /> : null}
        {trouble === "system_blocked" ? (
          <Steps steps={[t("steps.system_1"), t("steps.system_2"), t("steps.system_3")]} />
        ) : null}
      </NoticeCard>
    </div>
  );
}

function PermissionSteps() {
  const { t } = useTranslation();
  const kind = browserKind();
  return (
    <Steps
      label={t("steps.title", { browser: t(`steps.${kind}_name`) })}
      steps={[t(`steps.${kind}_1`), t(`steps.${kind}_2`), t(`steps.${kind}_3`)]}
    />
  );
}
