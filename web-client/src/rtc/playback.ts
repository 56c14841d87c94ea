/**
 * Records the own microphone for a moment and plays it back, so that people hear themselves as others
 * will. Called by the connection test; nothing leaves the computer.
 */

/** How long is recorded, in ms. */
const RECORD_MS = 3_000;

/** Resolves when the playback has ended; rejects where the browser cannot record. */
export async function recordAndPlay(
  track: MediaStreamTrack,
  speakerId: string,
  onPlaying: () => void,
): Promise<void> {
  const recorder = new MediaRecorder(new MediaStream([track.clone()]));
  const parts: Blob[] = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const stopped = new Promise((done) => recorder.addEventListener("stop", done, { once: true }));
  recorder.start();
  setTimeout(() => recorder.stop(), RECORD_MS);
  await stopped;
  for (const copy of recorder.stream.getTracks()) copy.stop();
  const address = URL.createObjectURL(new Blob(parts, { type: recorder.mimeType }));
  try {
    const element = new Audio(address);
    if (speakerId !== "" && "setSinkId" in element) await element.setSinkId(speakerId);
    const ended = new Promise((done) => element.addEventListener("ended", done, { once: true }));
    onPlaying();
    await element.play();
    await ended;
  } finally {
    URL.revokeObjectURL(address);
  }
}
