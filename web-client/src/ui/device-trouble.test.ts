/** Which trouble is named when several things are wrong at once. */
import { expect, it } from "vitest";
import { deviceTrouble } from "./device-trouble";

it("is silent while everything works", () => {
  expect(deviceTrouble(null, null)).toBeNull();
});

it("names the permission before anything else, because it explains both", () => {
  expect(deviceTrouble("permission_denied", "device_missing")).toBe("blocked");
});

it("tells a computer without any device in one sentence", () => {
  expect(deviceTrouble("device_missing", "device_missing")).toBe("none");
  expect(deviceTrouble(null, "device_missing")).toBe("no_camera");
  expect(deviceTrouble("device_missing", null)).toBe("no_microphone");
});

it("names the microphone before the camera when others hold both", () => {
  expect(deviceTrouble("device_in_use", "device_in_use")).toBe("mic_in_use");
});

it("tells a block by the operating system from one by the page, because the way out differs", () => {
  expect(deviceTrouble("system_denied", "permission_denied")).toBe("system_blocked");
});

it("names an unplugged device while the other one works", () => {
  expect(deviceTrouble(null, "device_lost")).toBe("unplugged");
});
