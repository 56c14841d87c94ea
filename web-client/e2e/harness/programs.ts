/**
 * Programs of others that send or watch without a browser: FFmpeg (in PyAV), aiortc and GStreamer.
 *
 * Started by visitors.e2e.ts from `e2e/programs`; the Python environment is made by
 * `make setup-test` (deploy/setup/programs.sh), GStreamer belongs to the system's own Python. Each line that a program prints is one JSON object.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "..", "..", "..");
const TARGET = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target");
export const TEST_PYTHON =
  process.env.DIEMCAU_TEST_PYTHON ?? path.join(TARGET, "test-programs", "bin", "python");
const SYSTEM_PYTHON = "/usr/bin/python3";
export const PROGRAMS = path.resolve(import.meta.dirname, "..", "programs");

type Facts = Record<string, unknown>;

export class Program {
  readonly #child: ChildProcess;
  readonly #said: Facts[] = [];
  #log = "";
  #rest = "";
  #news: () => void = () => {};

  private constructor(python: string, script: string, args: readonly string[]) {
    // Its errors tell more than a test could: FFmpeg and aiortc log there.
    this.#child = spawn(python, [path.join(PROGRAMS, script), ...args], { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString()).slice(-10_000);
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => this.#hear(chunk.toString()));
    this.#child.once("close", () => this.#news());
  }

  /** Starts `script`; fails with the remedy where Python's packages are missing. */
  static start(script: string, ...args: string[]): Program {
    if (!existsSync(TEST_PYTHON)) throw new Error(`${TEST_PYTHON} is missing: make setup-test`);
    return new Program(TEST_PYTHON, script, args);
  }

  /** The same with the system's Python, which alone knows GStreamer. */
  static startGStreamer(script: string, ...args: string[]): Program {
    return new Program(SYSTEM_PYTHON, script, args);
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#said.push(JSON.parse(line) as Facts);
    this.#news();
  }

  /** The first line, said already or yet to come, that `fits`. */
  async until(fits: (facts: Facts) => boolean, timeoutMs = 20_000): Promise<Facts> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = this.#said.find(fits);
      if (found) return found;
      const left = deadline - performance.now();
      const isOver = this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (left <= 0 || isOver) {
        throw new Error(`it said ${JSON.stringify(this.#said)} and then no more:\n${this.#log}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#news = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Asks it to end and waits for its last line. */
  async end(last: string): Promise<Facts> {
    this.#child.stdin?.end();
    return this.until((facts) => last in facts);
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
