/** Rules of what is sent: a quarter, a half and the whole of the camera, each with its own limit. */
import { expect, it } from "vitest";
import { cameraEncodings } from "./publisher";

it("sends the camera in three sizes that together stay below 2.5 Mbit/s", () => {
  const layers = cameraEncodings([{ rid: "q" }, { rid: "h" }, { rid: "f" }]);
  expect(layers.map((layer) => layer.scaleResolutionDownBy)).toEqual([4, 2, 1]);
  expect(layers.every((layer) => layer.active)).toBe(true);
  const limits = layers.map((layer) => layer.maxBitrate ?? 0);
  expect([...limits].sort((left, right) => left - right)).toEqual(limits);
  expect(limits.reduce((sum, limit) => sum + limit, 0)).toBeLessThan(2_500_000);
});

it("keeps a single size where the other side takes no layers", () => {
  expect(cameraEncodings([{}])).toEqual([{ maxBitrate: 1_700_000 }]);
});
