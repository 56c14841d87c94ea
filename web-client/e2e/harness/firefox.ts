/**
 * One participant = one Firefox process, Debian's own, driven by WebDriver BiDi. Opened by the
 * end-to-end files beside the Chromium seats of browser.ts; the pages are used alike.
 *
 * Firefox plays no files as devices. The microphone is therefore a device of sound-card.ts. A camera
 * cannot be had that way without a kernel module, and Firefox's own fake camera sends a coloured square,
 * which codes to almost nothing: so the page's `getUserMedia` opens that fake camera, with its
 * permission and its constraints, and the person's clip then takes the square's place. The clip is
 * played from memory, since the page's policy lets it fetch nothing from elsewhere.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
// The newest version whose orders Debian's Firefox ESR understands; the other one asks for more.
import { firefox } from "playwright-core-esr";
import { FIREFOX, type Seat, STEP_LIMIT_MS } from "./browser.ts";
import type { Person } from "./clips.ts";
import type { SoundCard } from "./sound-card.ts";

export interface FirefoxOptions {
  readonly width?: number;
  readonly height?: number;
  /** Settings of `about:config` besides those that every seat has. */
  readonly preferences?: Readonly<Record<string, string | number | boolean>>;
  readonly javaScriptEnabled?: boolean;
}

const PREFERENCES = {
  // Fake devices, where none is named below, and no question about them.
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  // Without a graphics card the pictures are put together on the cores that code them.
  "layout.frame_rate": 30,
  // Nothing is asked of the world outside.
  "media.gmp-manager.updateEnabled": false,
  "app.normandy.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
};

/** Opens a Firefox whose camera shows the person's clip and into whose microphone the person speaks. */
export async function openFirefox(
  person: Person,
  sound: SoundCard,
  options: FirefoxOptions = {},
): Promise<Seat> {
  const browser = await firefox.launch({
    channel: "moz-firefox",
    executablePath: FIREFOX,
    headless: true,
    env: { ...process.env, ...sound.environment },
    firefoxUserPrefs: {
      ...PREFERENCES,
      "media.audio_loopback_dev": sound.microphone(person),
      ...options.preferences,
    },
  });
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    locale: "vi-VN",
    timezoneId: "Asia/Ho_Chi_Minh",
    viewport: { width: options.width ?? 1366, height: options.height ?? 768 },
    javaScriptEnabled: options.javaScriptEnabled ?? true,
  });
  context.setDefaultTimeout(STEP_LIMIT_MS);
  await context.addInitScript(cameraScript(person));
  const page = await context.newPage();
  // Two versions of one library: what the tests call is the same in both.
  return {
    browser: browser as unknown as Browser,
    page: page as unknown as Page,
    close: () => browser.close(),
  };
}

/** The clip in a form that Firefox plays; made once, beside the camera file. */
function playedClip(person: Person): string {
  const clip = person.smallCamera.replace(/mjpeg$/, "webm");
  if (!existsSync(clip)) {
    const vp8 = ["-c:v", "libvpx", "-b:v", "1200k", "-deadline", "good", "-cpu-used", "4"];
    const part = clip.replace(/webm$/, "part.webm");
    const from = ["-r", "25", "-i", person.smallCamera];
    execFileSync("ffmpeg", ["-v", "error", "-y", ...from, ...vp8, "-pix_fmt", "yuv420p", part]);
    renameSync(part, clip);
  }
  return readFileSync(clip).toString("base64");
}

function cameraScript(person: Person): string {
  return `(() => {
    if (!navigator.mediaDevices) return;
    const bytes = Uint8Array.from(atob("${playedClip(person)}"), (one) => one.charCodeAt(0));
    const clip = async () => {
      const video = document.createElement("video");
      video.muted = true;
      video.loop = true;
      video.src = URL.createObjectURL(new Blob([bytes], { type: "video/webm" }));
      await video.play();
      const [track] = video.mozCaptureStream().getVideoTracks();
      const { videoWidth: width, videoHeight: height } = video;
      track.getSettings = () => ({ width, height, frameRate: 25 });
      const stop = track.stop.bind(track);
      track.stop = () => {
        video.pause();
        stop();
      };
      return track;
    };
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const opened = await real(wanted);
      const [camera] = opened.getVideoTracks();
      if (camera === undefined) return opened;
      const picture = await clip();
      camera.stop();
      return new MediaStream([picture, ...opened.getAudioTracks()]);
    };
  })()`;
}
