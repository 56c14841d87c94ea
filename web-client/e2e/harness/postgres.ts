/**
 * A PostgreSQL server of the tests' own in a temporary folder, reached by its Unix socket only.
 *
 * Debian's programs; run as root the server becomes user `postgres`, because it refuses to serve as
 * root. Used by tests whose server keeps its rows in PostgreSQL.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const VERSIONS = "/usr/lib/postgresql";

export class Postgres {
  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  /** Makes a database and waits until it accepts connections. */
  static async start(): Promise<Postgres> {
    const folder = mkdtempSync(path.join(tmpdir(), "diemcau-pg-"));
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(folder, id("-u"), id("-g"));
    const as = isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : ["env"];
    const place = path.join(folder, "db");
    const make = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D", place];
    run(as, [program("initdb"), ...make], folder);
    const serve = ["-D", place, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"];
    const [first = "env", ...rest] = [...as, program("postgres"), ...serve];
    const child = spawn(first, rest, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    await new Promise<void>((resolve, reject) => {
      let log = "";
      child.stderr.on("data", (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-20_000);
        if (log.includes("ready to accept connections")) resolve();
      });
      child.once("exit", () => reject(new Error(`postgres ended:\n${log}`)));
    });
    return new Postgres(folder, child);
  }

  /** What `database.url` is set to. */
  get url(): string {
    return `postgres://postgres@localhost/postgres?host=${this.folder}`;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    // Fast shutdown; a plain kill would leave its shared memory behind.
    this.child.kill("SIGINT");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function run(as: readonly string[], command: readonly string[], folder: string): void {
  const [first = "env", ...rest] = [...as, ...command];
  execFileSync(first, rest, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

function program(name: string): string {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => path.join(VERSIONS, version, "bin", name)).find(existsSync);
  if (!found) throw new Error(`${name} is missing: install the Debian package postgresql`);
  return found;
}

function id(which: string): number {
  return Number(execFileSync("id", [which, "postgres"], { encoding: "utf8" }));
}
