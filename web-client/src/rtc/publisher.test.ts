/** Rules of how needed layers reach the browser: one change at a time, none paused in an answer. */
import { expect, it } from "vitest";
import { NO_TRACKS, Publisher } from "./publisher";

/** A camera line whose sender keeps what was set, and notes overlaps. */
function cameraLine() {
  let encodings: RTCRtpEncodingParameters[] = [{ rid: "q" }, { rid: "h" }, { rid: "f" }];
  let isBusy = false;
  const calls: string[] = [];
  const sender = {
    track: null,
    replaceTrack: () => Promise.resolve(),
    getParameters: () => ({ encodings: encodings.map((one) => ({ ...one })) }),
    setParameters: async (parameters: RTCRtpSendParameters) => {
      if (isBusy) throw new Error("two at once");
      isBusy = true;
      await Promise.resolve();
      encodings = parameters.encodings;
      calls.push(sent());
      isBusy = false;
    },
  };
  const sent = () =>
    encodings
      .filter((one) => one.active !== false)
      .map((one) => one.rid)
      .join("");
  const line = { mid: "cam", direction: "sendonly", sender } as unknown as RTCRtpTransceiver;
  return { line, sent, calls };
}

it("sends what the server needs, and changes follow one another", async () => {
  const { line, sent, calls } = cameraLine();
  const publisher = new Publisher();
  await publisher.prepare([line]);
  await publisher.answered();
  await Promise.all([publisher.need(["q"]), publisher.need(["h"]), publisher.send(NO_TRACKS)]);
  expect(sent()).toBe("h");
  expect(calls.at(-1)).toBe("h");
});

it("makes every answer with all layers on, and stops the unneeded ones again after it", async () => {
  const { line, sent } = cameraLine();
  const publisher = new Publisher();
  await publisher.prepare([line]);
  await publisher.answered();
  await publisher.need(["h"]);
  await publisher.prepare([line]);
  expect(sent()).toBe("qhf");
  await publisher.need(["q"]);
  expect(sent()).toBe("qhf");
  await publisher.answered();
  expect(sent()).toBe("q");
});

it("falls back on the smallest layer while the uplink is scarce", async () => {
  const { line, sent } = cameraLine();
  const publisher = new Publisher();
  await publisher.prepare([line]);
  await publisher.answered();
  await publisher.need(["f"]);
  publisher.uplinkCarries(1_000_000);
  await publisher.need(["f"]);
  expect(sent()).toBe("qf");
  publisher.uplinkCarries(5_000_000);
  await publisher.need(["f"]);
  expect(sent()).toBe("f");
});
