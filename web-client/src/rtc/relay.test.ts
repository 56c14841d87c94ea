/** Where the browser looks for TURN. */
import { expect, it } from "vitest";
import { iceServers } from "./relay";

const GRANT = { username: "1800000600:7", credential: "c2VjcmV0" };

it("looks for TURN where the page came from", () => {
  const page = { hostname: "hop.example.vn", port: "" };
  expect(iceServers(GRANT, page)).toEqual([{ urls: "turns:hop.example.vn:443?transport=tcp", ...GRANT }]);
  expect(iceServers(GRANT, { hostname: "[2001:db8::5]", port: "8443" })[0]?.urls).toBe(
    "turns:[2001:db8::5]:8443?transport=tcp",
  );
});

it("looks where the server says when a reverse proxy stands before the pages", () => {
  const url = "turns:media.example.vn:443?transport=tcp";
  const servers = iceServers({ ...GRANT, url }, { hostname: "hop.example.vn", port: "" });
  expect(servers).toEqual([{ urls: url, ...GRANT }]);
});

it("goes the direct ways alone without a grant", () => {
  expect(iceServers(undefined, { hostname: "hop.example.vn", port: "" })).toEqual([]);
});
