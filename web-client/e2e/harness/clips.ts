/**
 * Makes the camera and microphone files that Chromium plays as devices: for each participant a
 * different cut of a real camera clip (MJPEG) and a different real or spoken sound (WAV).
 *
 * Called once by prepare.ts. The files are kept in `e2e/media` and made again only when missing.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";

const HERE = path.resolve(import.meta.dirname, "..");
export const MEDIA_DIR = path.join(HERE, "media");

/** Seconds after which each camera file begins again. */
const LOOP_S = 10;

export interface Person {
  readonly name: string;
  readonly unit: string;
  /** 720 lines. */
  readonly camera: string;
  /** The same clip with 360 lines, for many browsers on few cores. */
  readonly smallCamera: string;
  readonly microphone: string;
}

const SPEECH = "/usr/share/pocketsphinx/test/data/librivox";

/** Video filter (what is seen) and sound of each participant. */
const PEOPLE = [
  {
    name: "Nguyễn Thị Ỷ Ậu",
    unit: "Sở Nông nghiệp và Môi trường",
    filter: "scale=1280:720",
    speech: `${SPEECH}/sense_and_sensibility_01_austen_64kb-0870.wav`,
  },
  {
    name: "Trịnh Hữu Nghĩa",
    unit: "Sở Y tế",
    filter: "hflip,crop=960:540:40:60,scale=1280:720,hue=h=40",
    speech: `${SPEECH}/sense_and_sensibility_01_austen_64kb-0880.wav`,
  },
  {
    name: "Giáp Thị Bích Hường",
    unit: "Xã Hợp Thịnh",
    filter: "crop=800:450:400:200,scale=1280:720,eq=contrast=1.15:saturation=0.6",
    speech: null,
  },
] as const;

const VIETNAMESE =
  "Kính thưa các đồng chí, tại điểm cầu xã Hợp Thịnh, công tác giải ngân vốn đầu tư công đạt tám mươi mốt phần trăm kế hoạch.";

/** The participants with their device files; prepare.ts must have run. */
export const people: readonly Person[] = PEOPLE.map((person, index) => ({
  name: person.name,
  unit: person.unit,
  camera: path.join(MEDIA_DIR, `camera-${index}.mjpeg`),
  smallCamera: path.join(MEDIA_DIR, `camera-${index}-360.mjpeg`),
  microphone: path.join(MEDIA_DIR, `microphone-${index}.wav`),
}));

function clipPath(): string {
  const manifest = path.join(HERE, "clip", "Cargo.toml");
  const text = execFileSync(
    "cargo",
    ["metadata", "--format-version", "1", "--locked", "--manifest-path", manifest],
    { encoding: "utf8", maxBuffer: 64 << 20, stdio: ["ignore", "pipe", "inherit"] },
  );
  const packages = (JSON.parse(text) as { packages: { name: string; manifest_path: string }[] }).packages;
  const holder = packages.find((entry) => entry.name === "pdf-writer");
  if (!holder) throw new Error("cargo metadata does not name the package with the camera clip");
  return path.join(path.dirname(holder.manifest_path), "examples", "bear-1280x720.mp4");
}

function ffmpeg(args: string[], target: string): void {
  const part = `${target}.part${path.extname(target)}`;
  execFileSync("ffmpeg", ["-v", "error", "-y", ...args, part], { stdio: "inherit" });
  renameSync(part, target);
}

/** Makes what is missing; needs ffmpeg, espeak-ng and Debian's pocketsphinx-testdata. */
export function makeDeviceFiles(): void {
  mkdirSync(MEDIA_DIR, { recursive: true });
  for (const [index, person] of PEOPLE.entries()) {
    const { camera, smallCamera, microphone } = people[index] as Person;
    for (const [file, size] of [
      [camera, "1280:720"],
      [smallCamera, "640:360"],
    ] as const) {
      if (existsSync(file)) continue;
      // Forwards then backwards, so that the clip repeats without a jump.
      const pingPong = `${person.filter},scale=${size},fps=25,split[a][b];[b]reverse[c];[a][c]concat=n=2,loop=-1:size=400,trim=duration=${LOOP_S}`;
      const encode = ["-c:v", "mjpeg", "-q:v", "6", "-pix_fmt", "yuvj420p", "-f", "mjpeg"];
      ffmpeg(["-i", clipPath(), "-an", "-filter_complex", pingPong, ...encode], file);
    }
    if (!existsSync(microphone)) {
      let speech: string | null = person.speech;
      if (speech === null) {
        speech = path.join(MEDIA_DIR, "spoken.wav");
        execFileSync("espeak-ng", ["-v", "vi", "-s", "150", "-w", speech, VIETNAMESE]);
      }
      ffmpeg(["-i", speech, "-ac", "1", "-ar", "48000", "-af", "loudnorm=I=-20"], microphone);
    }
    if (readFileSync(camera).length < 100_000) throw new Error(`${camera} holds no clip`);
  }
}
