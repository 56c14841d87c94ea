/**
 * A clock inside the picture: the sender draws the wall time of each frame as a row of black and
 * white blocks over its real camera picture, the receiver reads it back from the frame it shows.
 *
 * Both browsers run on one machine, so both read the same clock; the difference is the delay from
 * drawing to showing. Each text is a script for a page; nothing here runs in Node.
 */

/** Wraps `getUserMedia`: the camera becomes a 640×360 canvas with the clip and the time code. */
export const SENDER_SCRIPT = `(() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await real(wanted);
    const camera = stream.getVideoTracks()[0];
    if (!camera) return stream;
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = new MediaStream([camera]);
    await video.play();
    const canvas = document.createElement("canvas");
    canvas.width = 640;
    canvas.height = 360;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    const out = canvas.captureStream(0);
    const track = out.getVideoTracks()[0];
    const draw = () => {
      if (track.readyState === "ended") { camera.stop(); return; }
      pen.drawImage(video, 0, 0, 640, 360);
      const now = Date.now() & 0xffff;
      const check = ((now >> 12) ^ (now >> 8) ^ (now >> 4) ^ now ^ 0x9) & 0xf;
      const code = (now << 4) | check;
      for (let bit = 0; bit < 20; bit++) {
        pen.fillStyle = (code >> (19 - bit)) & 1 ? "#ffffff" : "#000000";
        pen.fillRect(bit * 32, 0, 32, 32);
      }
      track.requestFrame();
      video.requestVideoFrameCallback(draw);
    };
    video.requestVideoFrameCallback(draw);
    const mixed = new MediaStream([track, ...stream.getAudioTracks()]);
    return mixed;
  };
})()`;

/**
 * Reads codes from every remote picture for \`seconds\`; answers delays in ms and the heights of
 * the pictures that were read. An argument of \`page.evaluate\`.
 */
export const readDelays = async (seconds: number): Promise<{ delaysMs: number[]; heights: number[] }> => {
  const delaysMs: number[] = [];
  const heights = new Set<number>();
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  const until = performance.now() + seconds * 1000;
  const read = (video: HTMLVideoElement): void => {
    const shownAt = Date.now();
    const { videoWidth: width, videoHeight: height } = video;
    if (width === 0) return;
    const block = width / 20;
    canvas.width = width;
    canvas.height = Math.ceil(block);
    pen.drawImage(video, 0, 0);
    const row = pen.getImageData(0, Math.floor(block / 2), width, 1).data;
    let code = 0;
    for (let bit = 0; bit < 20; bit++) {
      const at = Math.floor((bit + 0.5) * block) * 4;
      code = (code << 1) | ((row[at] as number) > 127 ? 1 : 0);
    }
    const value = code >> 4;
    const check = ((value >> 12) ^ (value >> 8) ^ (value >> 4) ^ value ^ 0x9) & 0xf;
    if (check !== (code & 0xf)) return;
    const delay = ((shownAt & 0xffff) - value + 0x10000) & 0xffff;
    if (delay < 10_000) {
      delaysMs.push(delay);
      heights.add(height);
    }
  };
  await Promise.all(
    [...document.querySelectorAll("video")].map(
      (video) =>
        new Promise<void>((resolve) => {
          const next = (): void => {
            read(video);
            if (performance.now() < until) video.requestVideoFrameCallback(next);
            else resolve();
          };
          video.requestVideoFrameCallback(next);
          setTimeout(resolve, seconds * 1000 + 500);
        }),
    ),
  );
  return { delaysMs, heights: [...heights] };
};
