/**
 * Writes down what the installed browsers say in SDP, into `e2e/artifacts/NAME.{offer,answer}.sdp`:
 * the answer that a seat really sent to our server, and the offer that the same browser makes of itself.
 * They are the source of `media/core/tests/browsers` (its README says how they are taken over).
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { ARTIFACTS_DIR } from "./figures.ts";

/** Keeps the answers that the page sends; to be run before the page's own scripts. */
export const ANSWERS_KEPT = `(() => {
  window.__answers = [];
  const note = (text) => {
    if (!text.includes('"answer"')) return;
    const message = JSON.parse(text);
    if (message.type === "answer") window.__answers.push(message.sdp);
  };
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (frame) {
    if (typeof frame === "string") note(frame);
    else {
      // Large frames are packed (docs/protocol.md).
      const text = new Blob([frame]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
      new Response(text).text().then(note);
    }
    return send.call(this, frame);
  };
})()`;

/** Writes both files of the browser in this seat; its page has joined a meeting. */
export async function record(page: Page, name: string): Promise<void> {
  const { answer, offer } = await page.evaluate(async () => {
    const [answer] = (window as unknown as { __answers: string[] }).__answers;
    const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    // The lines of our server's offer, the other way round.
    const layers = [
      { rid: "q", scaleResolutionDownBy: 4 },
      { rid: "h", scaleResolutionDownBy: 2 },
      { rid: "f", scaleResolutionDownBy: 1 },
    ];
    connection.addTransceiver("video", { direction: "sendonly", sendEncodings: layers });
    connection.addTransceiver("audio", { direction: "sendonly" });
    connection.addTransceiver("video", { direction: "sendonly" });
    connection.addTransceiver("audio", { direction: "sendonly" });
    connection.addTransceiver("video", { direction: "recvonly" });
    connection.addTransceiver("audio", { direction: "recvonly" });
    const { sdp } = await connection.createOffer();
    connection.close();
    return { answer, offer: sdp };
  });
  if (!answer || !offer) throw new Error(`${name} has sent no answer`);
  writeFileSync(path.join(ARTIFACTS_DIR, `${name}.answer.sdp`), answer);
  writeFileSync(path.join(ARTIFACTS_DIR, `${name}.offer.sdp`), offer);
}
