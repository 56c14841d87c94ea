/**
 * Which device trouble is shown: one at a time, the one that explains most first.
 *
 * Called by DeviceNotice. Pure.
 */
import type { DeviceErrorCode } from "../rtc/devices";

/** Named states of the lobby; `device.NAME_title` and `device.NAME_text` in the locale files. */
export type DeviceTrouble =
  | "blocked"
  | "system_blocked"
  | "insecure"
  | "none"
  | "no_camera"
  | "no_microphone"
  | "camera_in_use"
  | "mic_in_use"
  | "unplugged"
  | "unusable";

export function deviceTrouble(
  microphone: DeviceErrorCode | null,
  camera: DeviceErrorCode | null,
): DeviceTrouble | null {
  const either = (code: DeviceErrorCode) => microphone === code || camera === code;
  if (microphone === null && camera === null) return null;
  if (either("insecure_page")) return "insecure";
  if (either("system_denied")) return "system_blocked";
  if (either("permission_denied")) return "blocked";
  if (microphone === "device_in_use") return "mic_in_use";
  if (camera === "device_in_use") return "camera_in_use";
  if (microphone === "device_missing" && camera === "device_missing") return "none";
  if (microphone === "device_missing") return "no_microphone";
  if (camera === "device_missing") return "no_camera";
  if (either("device_lost")) return "unplugged";
  return "unusable";
}
