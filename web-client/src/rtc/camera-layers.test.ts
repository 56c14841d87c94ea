/** Rules of what is sent: a quarter, a half and the whole of the camera, each with its own limit. */
import { expect, it } from "vitest";
import { cameraEncodings } from "./camera-layers";

it("sends the camera in three sizes that together stay below 2.5 Mbit/s", () => {
  const layers = cameraEncodings([{ rid: "q" }, { rid: "h" }, { rid: "f" }]);
  expect(layers.map((layer) => layer.scaleResolutionDownBy)).toEqual([4, 2, 1]);
  const limits = layers.map((layer) => layer.maxBitrate ?? 0);
  expect([...limits].sort((left, right) => left - right)).toEqual(limits);
  expect(limits.reduce((sum, limit) => sum + limit, 0)).toBeLessThan(2_500_000);
});

it("keeps a single size where the other side takes no layers", () => {
  expect(cameraEncodings([{}])).toEqual([{ maxBitrate: 1_700_000 }]);
});

it("sends no layer that is larger than anybody shows the picture", () => {
  const all = [{ rid: "q" }, { rid: "h" }, { rid: "f" }];
  const sent = (wantedPx: number, cameraPx = 720) =>
    cameraEncodings(all, wantedPx, cameraPx)
      .filter((layer) => layer.active)
      .map((layer) => layer.rid)
      .join("");
  expect(sent(0)).toBe("q");
  expect(sent(240)).toBe("q");
  expect(sent(300)).toBe("qh");
  expect(sent(480)).toBe("qh");
  expect(sent(540)).toBe("qhf");
});

it("has the whole picture of a small camera in the second layer, for the third would be dropped", () => {
  const layers = cameraEncodings([{ rid: "q" }, { rid: "h" }, { rid: "f" }], 300, 360);
  expect(layers.map((layer) => layer.active)).toEqual([true, true, false]);
  expect(layers.slice(0, 2).map((layer) => layer.scaleResolutionDownBy)).toEqual([2, 1]);
});
