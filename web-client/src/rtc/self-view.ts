/**
 * A small copy of the own camera for the own tile: people look at themselves to see that they are
 * in the picture, and on a machine without a graphics card a 720p self view costs more than
 * decoding everybody else. Called by the own tile; the camera itself stays as it is.
 */

const SELF_VIEW: MediaTrackConstraints = {
  width: { max: 640 },
  height: { max: 360 },
  frameRate: { max: 15 },
};

/** The copy, at once; it is made small as soon as the browser can. Stop it when it is not shown. */
export function selfViewOf(camera: MediaStreamTrack): MediaStreamTrack {
  const copy = camera.clone();
  // A camera that knows no smaller size is shown as it is.
  copy.applyConstraints(SELF_VIEW).catch(() => undefined);
  return copy;
}
