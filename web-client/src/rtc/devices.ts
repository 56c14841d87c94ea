/**
 * Facts about capture devices: constraints, names of errors, lists. Called by `local-media.ts`.
 * Holds no state and opens nothing by itself.
 */

export type DeviceKind = "microphone" | "camera" | "speaker";

/** Which way a phone's camera looks. */
export type Facing = "user" | "environment";

/** One device of a list. `label` is empty until the person has given permission once. */
export interface DeviceChoice {
  id: string;
  label: string;
}

/** Why a device could not be opened. One sentence a code stands in the locale files. */
export type DeviceErrorCode =
  /** Blocked for this page by the person or a policy. */
  | "permission_denied"
  /** Blocked by the operating system for the whole browser. */
  | "system_denied"
  /** No such device is plugged in. */
  | "device_missing"
  /** Another program holds it. */
  | "device_in_use"
  /** The chosen device is there no more or cannot do what is asked. */
  | "device_unsuitable"
  /** The device was unplugged while open. */
  | "device_lost"
  /** The page does not come over HTTPS, so that the browser hides all devices. */
  | "insecure_page"
  /** Anything that the browser does not explain. */
  | "device_failed";

export const DEVICE_ERROR_CODES: readonly DeviceErrorCode[] = [
  "permission_denied",
  "system_denied",
  "device_missing",
  "device_in_use",
  "device_unsuitable",
  "device_lost",
  "insecure_page",
  "device_failed",
];

/** The code of what `getUserMedia` or `getDisplayMedia` threw. */
export function deviceErrorCode(thrown: unknown): DeviceErrorCode {
  const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : "";
  const message = thrown instanceof Error || thrown instanceof DOMException ? thrown.message : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      // Chromium's only sign that the operating system, not the page's permission, says no.
      return /by system/i.test(message) ? "system_denied" : "permission_denied";
    case "NotFoundError":
    case "DevicesNotFoundError":
      return "device_missing";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "device_in_use";
    case "OverconstrainedError":
    case "ConstraintNotSatisfiedError":
      return "device_unsuitable";
    default:
      return "device_failed";
  }
}

/**
 * Asked of a camera: 720p, so that a quarter is 180p, at 25 pictures a second: against 30 that spares
 * a sixth of the pictures to encode, three times over.
 */
export function cameraConstraints(deviceId: string, facing: Facing = "user"): MediaTrackConstraints {
  return {
    ...(deviceId === "" ? { facingMode: { ideal: facing } } : { deviceId: { exact: deviceId } }),
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 25, max: 30 },
  };
}

/** Whether an open camera looks away from the person; desks do not say, and theirs look at the person. */
export function looksAway(camera: Pick<MediaStreamTrack, "getSettings">): boolean {
  return camera.getSettings().facingMode === "environment";
}

/** Asked of a microphone: the browser's own echo, noise and gain treatment. */
export function microphoneConstraints(deviceId: string, noiseSuppression = true): MediaTrackConstraints {
  return {
    ...(deviceId === "" ? {} : { deviceId: { exact: deviceId } }),
    echoCancellation: true,
    noiseSuppression,
    autoGainControl: true,
    channelCount: { ideal: 1 },
  };
}

/** Asked when a screen is shared: sharp text first, sound too where the browser can. */
export function screenConstraints(): DisplayMediaStreamOptions {
  return {
    video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 15, max: 30 } },
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  };
}

const KINDS: Readonly<Record<MediaDeviceKind, DeviceKind>> = {
  audioinput: "microphone",
  videoinput: "camera",
  audiooutput: "speaker",
};

/** Sorts the browser's list by kind; entries without an id (no permission yet) are left out. */
export function devicesByKind(
  found: readonly Pick<MediaDeviceInfo, "deviceId" | "kind" | "label">[],
): Record<DeviceKind, DeviceChoice[]> {
  const lists: Record<DeviceKind, DeviceChoice[]> = { microphone: [], camera: [], speaker: [] };
  for (const device of found) {
    if (device.deviceId === "") continue;
    lists[KINDS[device.kind]].push({ id: device.deviceId, label: device.label });
  }
  return lists;
}
