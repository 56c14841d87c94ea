/** The family of a browser by what it says of itself, and what it lacks. */
import { expect, it } from "vitest";
import { browserKind, missingParts } from "./browser";

const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0";

it.each([
  [`${CHROME} Safari/537.36`, 0, "chromium"],
  [`${CHROME} Safari/537.36 Edg/138.0.0.0`, 0, "chromium"],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", 0, "firefox"],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15",
    0,
    "safari",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15",
    5,
    "ios",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/138.0 Safari/604.1",
    5,
    "ios",
  ],
  ["Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/138.0.0.0 Mobile Safari/537.36", 5, "android"],
])("%s with %i touch points is %s", (userAgent, maxTouchPoints, kind) => {
  expect(browserKind({ userAgent, maxTouchPoints })).toBe(kind);
});

it("names what a browser lacks for a meeting", () => {
  const whole = {
    RTCPeerConnection: class {
      addTransceiver() {}
    },
    WebSocket: {},
    MediaStream: {},
    AudioContext: {},
  };
  expect(missingParts(whole)).toEqual([]);
  expect(missingParts({ WebSocket: {}, MediaStream: {}, AudioContext: {} })).toEqual(["WebRTC"]);
});
