/**
 * The own picture as the others get it, small, inside the dialog of devices. Called by MeetingDialogs.
 */
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { TrackVideo } from "../../ui/TrackVideo";
import { useMeeting } from "./meeting-context";
import styles from "./OwnPicture.module.css";

export function OwnPicture() {
  const { t } = useTranslation();
  const { local } = useMeeting();
  const camera = useStore(local.store, (state) => state.camera);
  if (!camera.isOn || camera.track === null) return null;
  return <TrackVideo track={camera.track} className={styles.picture} label={t("lobby.preview")} />;
}
