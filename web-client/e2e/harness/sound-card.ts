/**
 * A sound card for browsers that play no files as microphones: PulseAudio with a silent loudspeaker
 * and, for each person, a microphone into which the person's speech is played over and over. To the
 * browser these are devices like any other. Opened by firefox.ts; one for each test file.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Person } from "./clips.ts";

const READY_TIMEOUT_MS = 10_000;

export class SoundCard {
  readonly #folder: string;
  readonly #children: ChildProcess[] = [];
  readonly #microphones = new Map<string, string>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts the daemon and waits until it can be asked for devices. */
  static async start(): Promise<SoundCard> {
    const card = new SoundCard(mkdtempSync(path.join(tmpdir(), "diemcau-sound-")));
    const modules = [
      `module-native-protocol-unix socket=${card.#socket} auth-anonymous=1`,
      `module-null-sink sink_name=speaker sink_properties=device.description=Loa`,
    ];
    const options = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes"];
    const daemon = card.#spawn("pulseaudio", [...options, ...modules.flatMap((one) => ["-L", one])]);
    const until = performance.now() + READY_TIMEOUT_MS;
    while (!existsSync(card.#socket)) {
      if (daemon.exitCode !== null) throw new Error(`pulseaudio ended with ${daemon.exitCode}`);
      if (performance.now() > until) throw new Error("pulseaudio is not ready");
      await new Promise((resolve) => setImmediate(resolve));
    }
    return card;
  }

  /** What a program must be told to use this sound card. */
  get environment(): Record<string, string> {
    return { PULSE_SERVER: `unix:${this.#socket}`, PULSE_SINK: "speaker" };
  }

  /** The name of the microphone into which this person speaks, made at the first call. */
  microphone(person: Person): string {
    const known = this.#microphones.get(person.microphone);
    if (known !== undefined) return known;
    const place = this.#microphones.size + 1;
    const name = `Micro-${place}`;
    const load = (...module: string[]): void => {
      execFileSync("pactl", ["load-module", ...module], {
        env: { ...process.env, ...this.environment },
        stdio: ["ignore", "ignore", "inherit"],
      });
    };
    // Browsers do not list the monitor of a loudspeaker, so it is given out as a source of its own.
    load("module-null-sink", `sink_name=voice${place}`, "rate=48000", "channels=1");
    load(
      "module-remap-source",
      `master=voice${place}.monitor`,
      `source_name=microphone${place}`,
      `source_properties=device.description=${name}`,
    );
    const speech = ["-v", "error", "-re", "-stream_loop", "-1", "-i", person.microphone];
    this.#spawn("ffmpeg", [...speech, "-f", "pulse", "-device", `voice${place}`, person.name]);
    this.#microphones.set(person.microphone, name);
    return name;
  }

  async stop(): Promise<void> {
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #socket(): string {
    return path.join(this.#folder, "native");
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    // A home of its own: the settings of whoever runs the tests are none of its business.
    const home = { HOME: this.#folder, XDG_RUNTIME_DIR: this.#folder };
    const env = { ...process.env, ...this.environment, ...home };
    const child = spawn(program, args, { env, stdio: "ignore" });
    this.#children.push(child);
    return child;
  }
}
