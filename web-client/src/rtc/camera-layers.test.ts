/** Rules of what is sent: a quarter, a half and the whole of the camera, each with its own limit. */
import { expect, it } from "vitest";
import { cameraEncodings, isLayered, isUplinkScarce, layeredEncodings, withFallback } from "./camera-layers";

const ALL = [{ rid: "q" }, { rid: "h" }, { rid: "f" }];

/** Rids that are sent. */
function sent(needed: readonly string[] | null, cameraPx = 720): string {
  return cameraEncodings(ALL, needed, cameraPx)
    .filter((layer) => layer.active)
    .map((layer) => layer.rid)
    .join("");
}

it("sends the camera in three sizes that together stay below 2.5 Mbit/s", () => {
  const layers = cameraEncodings(ALL);
  expect(layers.map((layer) => layer.scaleResolutionDownBy)).toEqual([4, 2, 1]);
  const limits = layers.map((layer) => layer.maxBitrate ?? 0);
  expect([...limits].sort((left, right) => left - right)).toEqual(limits);
  expect(limits.reduce((sum, limit) => sum + limit, 0)).toBeLessThan(2_500_000);
});

it("keeps a single size where the other side takes no layers", () => {
  expect(cameraEncodings([{}], ["h"])).toEqual([{ maxBitrate: 1_700_000 }]);
});

it("sends every layer until the server has said what it needs, then those", () => {
  expect(sent(null)).toBe("qhf");
  expect(sent(["h"])).toBe("h");
  expect(sent(["q", "f"])).toBe("qf");
});

it("never stops everything, whatever a newer server needs", () => {
  expect(sent([])).toBe("q");
  expect(sent(["x"])).toBe("q");
  expect(sent(["x", "h"])).toBe("h");
});

it("has the whole picture of a small camera in the second layer, for the third would be dropped", () => {
  const layers = cameraEncodings(ALL, null, 360);
  expect(layers.slice(0, 2).map((layer) => layer.scaleResolutionDownBy)).toEqual([2, 1]);
  expect(sent(["f"], 360)).toBe("h");
  expect(sent(["q", "f"], 360)).toBe("qh");
});

it("keeps the smallest layer beside the needed ones as long as the uplink is scarce", () => {
  expect(withFallback(["h"], true)).toEqual(["q", "h"]);
  expect(withFallback(["h"], false)).toEqual(["h"]);
  expect(withFallback(["q"], true)).toEqual(["q"]);
  expect(withFallback(null, true)).toBeNull();
  expect(isUplinkScarce(["h"], 600_000, false)).toBe(true);
  expect(isUplinkScarce(["h"], 800_000, false)).toBe(false);
  // What was scarce must become plenty first.
  expect(isUplinkScarce(["h"], 800_000, true)).toBe(true);
  expect(isUplinkScarce(["h"], 900_000, true)).toBe(false);
  expect(isUplinkScarce(["h"], 0, false)).toBe(false);
});

it("sends one stream of several sizes in a codec that has them, and only those that are needed", () => {
  const [first, ...others] = layeredEncodings(ALL);
  expect(first).toMatchObject({
    rid: "q",
    active: true,
    scalabilityMode: "L3T3_KEY",
    scaleResolutionDownBy: 1,
  });
  expect(others.every((one) => one.active === false && one.scalabilityMode === undefined)).toBe(true);
  expect(layeredEncodings(ALL, ["q", "h"])[0]).toMatchObject({
    scalabilityMode: "L2T3_KEY",
    scaleResolutionDownBy: 2,
  });
  expect(layeredEncodings(ALL, ["q", "f"])[0]).toMatchObject({ scalabilityMode: "L3T3_KEY" });
  expect(layeredEncodings(ALL, null, 360)[0]).toMatchObject({
    scalabilityMode: "L2T3_KEY",
    scaleResolutionDownBy: 1,
  });
});

it("knows which codecs have several sizes in one stream", () => {
  expect(["video/VP9", "video/AV1", "video/VP8", "video/H264", undefined].map(isLayered)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
