/** What a session's owner reads about its browser. */
import { expect, it } from "vitest";
import { browserOf } from "./browser-of";

it.each([
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0",
    "Edge",
    "Windows",
    false,
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux", false],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1",
    "Safari",
    "iPhone",
    true,
  ],
  ["Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome", "Android", true],
  ["curl/8", undefined, undefined, false],
])("%s is told", (agent, browser, system, isPhone) => {
  expect(browserOf(agent)).toEqual({ browser, system, isPhone });
});
