/**
 * Starts the real server program on free ports with a folder of its own, kills it, starts it again.
 *
 * Each end-to-end file has its own server. CPU time is read from /proc, so that a figure is the
 * server's alone.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import https from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "..", "..", "..");
const TARGET = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target");
export const SERVER_PROGRAM = process.env.DIEMCAU_PROGRAM ?? path.join(TARGET, "debug", "diemcau");
export const WEB_DIST = path.join(ROOT, "web-client", "dist", "index.html");

const READY_TIMEOUT_MS = 30_000;

/**
 * A port that is free for TCP and UDP, and so is the one after it (second shard). Below those that the system
 * gives to outgoing connections, one of which might take it before the server does.
 */
async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
  throw new Error("no two neighbouring free ports found");
}

async function isFree(port: number): Promise<boolean> {
  const tcp = await new Promise<boolean>((resolve) => {
    const probe = createServer().once("error", () => resolve(false));
    probe.listen(port, () => probe.close(() => resolve(true)));
  });
  const udp = await new Promise<boolean>((resolve) => {
    const probe = createSocket("udp4").once("error", () => resolve(false));
    probe.bind(port, () => probe.close(() => resolve(true)));
  });
  return tcp && udp;
}

export class Server {
  private child: ChildProcess | null = null;
  private log = "";

  private constructor(
    readonly dataFolder: string,
    readonly httpPort: number,
    readonly mediaPort: number,
    readonly host: string,
    private readonly environment: Record<string, string>,
  ) {}

  /** Starts `serve --demo` and waits until it says that it is ready. */
  static async start(host = "localhost", environment: Record<string, string> = {}): Promise<Server> {
    const server = new Server(
      mkdtempSync(path.join(tmpdir(), "diemcau-e2e-")),
      await freePort(),
      await freePort(),
      host,
      environment,
    );
    await server.launch();
    return server;
  }

  get url(): string {
    return `https://${this.host}:${this.httpPort}`;
  }

  /** Starts the program on the same data and ports; answers how long until it was ready, in ms. */
  async launch(): Promise<number> {
    const began = performance.now();
    const child = spawn(SERVER_PROGRAM, ["serve", "--demo"], {
      env: {
        ...process.env,
        DIEMCAU_DATA: this.dataFolder,
        DIEMCAU_HTTP_PORT: String(this.httpPort),
        DIEMCAU_MEDIA_PORT: String(this.mediaPort),
        ...this.environment,
      },
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const keep = (chunk: Buffer): void => {
      this.log = (this.log + chunk.toString()).slice(-200_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    this.child = child;
    while (!(await this.isReady())) {
      if (child.exitCode !== null) throw new Error(`server ended:\n${this.log}`);
      if (performance.now() - began > READY_TIMEOUT_MS) {
        throw new Error(`server is not ready:\n${this.log}`);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return performance.now() - began;
  }

  /** Process id of the server. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** What the server has printed so far. */
  get output(): string {
    return this.log;
  }

  /** User and password that the server printed for the demo account of `role`. */
  demoAccount(role: string): { user: string; password: string } {
    const line = new RegExp(`^\\s+(\\S+)\\s+(\\S+)\\s+${role}\\s`, "m").exec(this.log);
    if (!line) throw new Error(`the server printed no demo account for ${role}:\n${this.log}`);
    return { user: line[1] as string, password: line[2] as string };
  }

  /** Makes it read its certificate again, as `systemctl reload` does. */
  reload(): void {
    this.child?.kill("SIGHUP");
  }

  /** Ends the process at once, as a power cut would (SIGKILL). */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Stops the server and removes its folder. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
    rmSync(this.dataFolder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  /** CPU time of the server process so far, in seconds. */
  cpuSeconds(): number {
    if (!this.child?.pid) throw new Error("server is not running");
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** Resident memory of the server process in MiB. */
  memoryMib(): number {
    const status = readFileSync(`/proc/${this.child?.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  }

  /** Runs the program with other arguments on the same data and answers what it printed. */
  run(...args: string[]): string {
    return execFileSync(SERVER_PROGRAM, args, {
      encoding: "utf8",
      env: { ...process.env, DIEMCAU_DATA: this.dataFolder, ...this.environment },
      cwd: ROOT,
    }).trim();
  }

  /** One request to the API; the demo certificate is not checked. */
  async request(
    method: string,
    pathName: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; json: unknown; cookies: string[] }> {
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          host: this.host,
          port: this.httpPort,
          method,
          path: pathName,
          rejectUnauthorized: false,
          headers: { origin: this.url, "content-type": "application/json", ...headers },
          timeout: 5_000,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            let json: unknown = null;
            try {
              json = JSON.parse(text);
            } catch {
              json = text;
            }
            resolve({
              status: response.statusCode ?? 0,
              json,
              cookies: response.headers["set-cookie"] ?? [],
            });
          });
        },
      );
      request.on("timeout", () => request.destroy(new Error("timeout")));
      request.on("error", reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await this.request("GET", "/readyz")).status === 200;
    } catch {
      return false;
    }
  }
}

const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
