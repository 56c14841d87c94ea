/**
 * Pictures of one colour, and where a colour stands in another picture: how tests tell who sits where in a
 * composed picture. Used by the tests of composed pictures and their layouts.
 */
import type { Page } from "playwright-core";

/** Points across and down at which a picture is looked at. */
export const RASTER = { columns: 32, rows: 18 };
/** Degrees by which a hue may have changed on its way through two codecs. */
const HUE_LIMIT = 25;

/** Sends a picture of one colour in two layers, by WHIP. */
export async function sendColour(
  page: Page,
  url: string,
  token: string,
  hue: number,
  hertz?: number,
): Promise<number> {
  return page.evaluate(
    async ([url, token, hue, hertz]) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [640, 360];
      const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
      setInterval(() => {
        pen.fillStyle = `hsl(${hue} 90% 45%)`;
        pen.fillRect(0, 0, 640, 360);
      }, 50);
      const peer = new RTCPeerConnection();
      const track = canvas.captureStream(20).getVideoTracks()[0] as MediaStreamTrack;
      const sendEncodings = [{ rid: "q", scaleResolutionDownBy: 2 }, { rid: "h" }];
      peer.addTransceiver(track, { direction: "sendonly", sendEncodings });
      if (hertz !== undefined) {
        const audio = new AudioContext({ sampleRate: 48_000 });
        const sound = audio.createMediaStreamDestination();
        const tone = new OscillatorNode(audio, { frequency: hertz });
        tone.connect(new GainNode(audio, { gain: 0.3 })).connect(sound);
        tone.start();
        peer.addTransceiver(sound.stream.getAudioTracks()[0] as MediaStreamTrack, { direction: "sendonly" });
      }
      await peer.setLocalDescription(await peer.createOffer());
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/sdp" };
      const body = peer.localDescription?.sdp ?? "";
      const answer = await fetch(url, { method: "POST", headers, body });
      await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
      return answer.status;
    },
    [url, token, hue, hertz] as const,
  );
}

/** Hues of the video at `selector`, row by row; `null` where there is no colour. Empty without a picture. */
export async function huesOf(page: Page, selector: string): Promise<(number | null)[]> {
  return page.evaluate(
    ([selector, columns, rows]) => {
      const shown = document.querySelector<HTMLVideoElement>(selector);
      if (!shown?.videoWidth) return [];
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [columns, rows];
      const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
      pen.drawImage(shown, 0, 0, columns, rows);
      const pixels = pen.getImageData(0, 0, columns, rows).data;
      const hues: (number | null)[] = [];
      for (let at = 0; at < pixels.length; at += 4) {
        const [red, green, blue] = [pixels[at], pixels[at + 1], pixels[at + 2]].map(Number) as [
          number,
          number,
          number,
        ];
        const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
        const part = (a: number, b: number): number => (a - b) / (most - least);
        const sixth =
          most === red ? part(green, blue) : most === green ? 2 + part(blue, red) : 4 + part(red, green);
        // Grey is a card, a caption or the ground.
        hues.push(most - least < 100 ? null : (sixth * 60 + 360) % 360);
      }
      return hues;
    },
    [selector, RASTER.columns, RASTER.rows] as const,
  );
}

/** Whether `hue` is the wanted one. */
export function isNear(hue: number | null | undefined, wanted: number): boolean {
  return typeof hue === "number" && Math.abs(((hue - wanted + 540) % 360) - 180) <= HUE_LIMIT;
}

/** Whether a good part of them is of the wanted hue. */
export function hold(hues: readonly (number | null)[], wanted: number): boolean {
  return hues.filter((hue) => isNear(hue, wanted)).length >= 8;
}
