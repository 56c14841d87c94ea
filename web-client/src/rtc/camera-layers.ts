/**
 * The camera's simulcast layers: sizes, limits, and which of them are sent. Pure; called by
 * `publisher.ts`.
 */

/** Share of the size and limit in bit/s by rid (180p, 360p, 720p of a 720p camera). */
const CAMERA_LAYERS: Readonly<Record<string, { scale: number; limitBps: number }>> = {
  q: { scale: 4, limitBps: 150_000 },
  h: { scale: 2, limitBps: 500_000 },
  f: { scale: 1, limitBps: 1_700_000 },
};
const SMALLEST = "q";

/**
 * Chromium sends two layers of a camera below this many lines and drops the third one, the
 * largest; so a small camera has its whole picture in the second layer and none in the third.
 */
const THREE_LAYERS_PX = 540;

/** Below so much of what the needed layers may take, an uplink is scarce; above the other, no more. */
const SCARCE_BELOW = 1.3;
const ENOUGH_ABOVE = 1.7;

/** Rids that the server needs; null until it has said so, and then every layer is sent. */
export type NeededLayers = readonly string[] | null;

/**
 * `encodings` with sizes and limits set, and switched on where a layer is needed. `cameraPx` is the
 * camera's own height. Unknown rids stay on.
 */
export function cameraEncodings(
  encodings: readonly RTCRtpEncodingParameters[],
  needed: NeededLayers = null,
  cameraPx = 720,
): RTCRtpEncodingParameters[] {
  const isSmall = cameraPx < THREE_LAYERS_PX;
  // Who needs the whole picture of a small camera gets it as the second layer.
  const sent = needed?.map((rid) => (isSmall && rid === "f" ? "h" : rid)) ?? null;
  const isKnown = encodings.some((encoding) => sent?.includes(encoding.rid ?? ""));
  return encodings.map((encoding) => {
    const rid = encoding.rid ?? "";
    const layer = CAMERA_LAYERS[rid];
    if (layer === undefined) return { ...encoding, maxBitrate: CAMERA_LAYERS.f?.limitBps };
    return {
      ...encoding,
      active: sent === null || (isKnown ? sent.includes(rid) : rid === SMALLEST),
      scaleResolutionDownBy: isSmall ? Math.max(1, layer.scale / 2) : layer.scale,
      maxBitrate: layer.limitBps,
      maxFramerate: 30,
    };
  });
}

/** Codecs of which one stream carries every size; the server leaves out what a viewer does not need. */
const LAYERED_CODECS: ReadonlySet<string> = new Set(["video/vp9", "video/av1"]);

/** An encoding with its scalability mode (webrtc-svc), which TypeScript's own types lack here. */
export type LayeredEncoding = RTCRtpEncodingParameters & { scalabilityMode?: string };

/** Whether the browser sends all sizes in one stream of this codec. */
export function isLayered(mimeType: string | undefined): boolean {
  return mimeType !== undefined && LAYERED_CODECS.has(mimeType.toLowerCase());
}

/**
 * `encodings` for a codec that carries every size in one stream: the first one sends two or three sizes
 * at three rates, the others nothing. Sizes predict from one another at key pictures alone
 * (`L3T3_KEY`), so that a viewer of a large picture does not pay for the small ones. Two sizes stay
 * where one would do, so that the server goes on telling them apart by size.
 */
export function layeredEncodings(
  encodings: readonly RTCRtpEncodingParameters[],
  needed: NeededLayers = null,
  cameraPx = 720,
  suffix = "_KEY",
): LayeredEncoding[] {
  const isSmall = cameraPx < THREE_LAYERS_PX;
  const isWhole = needed === null || needed.includes("f");
  const sizes = isSmall || !isWhole ? ["q", "h"] : ["q", "h", "f"];
  return encodings.map((encoding, at) => ({
    ...encoding,
    active: at === 0,
    scaleResolutionDownBy: isSmall || isWhole ? 1 : 2,
    maxBitrate: sizes.reduce((sum, rid) => sum + (CAMERA_LAYERS[rid]?.limitBps ?? 0), 0),
    maxFramerate: 30,
    ...(at === 0 ? { scalabilityMode: `L${sizes.length}T3${suffix}` } : {}),
  }));
}

/**
 * Whether the uplink carries the needed layers only just. A browser that sends one layer alone can
 * but make it coarser; with the smallest beside it there is something whole to fall back to.
 * `availableBps` is the browser's own estimate, 0 when it has none.
 */
export function isUplinkScarce(needed: NeededLayers, availableBps: number, wasScarce: boolean): boolean {
  if (needed === null || availableBps === 0) return wasScarce;
  const limitBps = needed.reduce((sum, rid) => sum + (CAMERA_LAYERS[rid]?.limitBps ?? 0), 0);
  return availableBps < limitBps * (wasScarce ? ENOUGH_ABOVE : SCARCE_BELOW);
}

/** `needed`, and the smallest layer besides when the uplink is scarce. */
export function withFallback(needed: NeededLayers, isScarce: boolean): NeededLayers {
  return needed === null || !isScarce || needed.includes(SMALLEST) ? needed : [SMALLEST, ...needed];
}
