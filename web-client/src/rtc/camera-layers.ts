/**
 * The camera's simulcast layers: sizes, limits, and which of them are worth sending. Pure; called
 * by `publisher.ts`. The smallest layer is always sent, so that whoever comes sees at once.
 */

/** Share of the size and limit in bit/s by rid (180p, 360p, 720p of a 720p camera). */
const CAMERA_LAYERS: Readonly<Record<string, { scale: number; limitBps: number }>> = {
  q: { scale: 4, limitBps: 150_000 },
  h: { scale: 2, limitBps: 500_000 },
  f: { scale: 1, limitBps: 1_700_000 },
};

/**
 * Chromium sends two layers of a camera below this many lines and drops the third one, the
 * largest; so a small camera has its whole picture in the second layer and none in the third.
 */
const THREE_LAYERS_PX = 540;

/** A layer serves windows up to this many times its own height, as the server chooses too. */
const STRETCH = 4 / 3;

/**
 * Until the server has said how large the picture is shown, every layer is on: an answer that
 * pauses a layer (`~f`, RFC 8853 section 5.1) would keep it from coming later.
 */
export const FIRST_WANTED_PX = Number.POSITIVE_INFINITY;

/**
 * `encodings` with sizes and limits set, and switched on as far as a picture of `wantedPx` lines
 * (0 = nobody looks) needs it. `cameraPx` is the camera's own height. Unknown rids stay on.
 */
export function cameraEncodings(
  encodings: readonly RTCRtpEncodingParameters[],
  wantedPx: number = FIRST_WANTED_PX,
  cameraPx = 720,
): RTCRtpEncodingParameters[] {
  const isSmall = cameraPx < THREE_LAYERS_PX;
  return encodings.map((encoding) => {
    const layer = CAMERA_LAYERS[encoding.rid ?? ""];
    if (layer === undefined) return { ...encoding, maxBitrate: CAMERA_LAYERS.f?.limitBps };
    const scale = isSmall ? Math.max(1, layer.scale / 2) : layer.scale;
    const smallerPx = (cameraPx / (scale * 2)) * STRETCH;
    const isTooMany = isSmall && encoding.rid === "f" && wantedPx !== FIRST_WANTED_PX;
    return {
      ...encoding,
      active: encoding.rid === "q" || (wantedPx > smallerPx && !isTooMany),
      scaleResolutionDownBy: scale,
      maxBitrate: layer.limitBps,
      maxFramerate: 30,
    };
  });
}
