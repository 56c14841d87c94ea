/**
 * Installing system packages: who is asked, and what is said when nobody can be.
 *
 * Runs deploy/setup/packages.sh with invented `dpkg-query`, `id`, `apt-get` and `sudo` before the
 * real ones in PATH.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

const SCRIPT = path.resolve(import.meta.dirname, "..", "..", "deploy", "setup", "packages.sh");

/** Runs the script where `missing` packages are absent and the user id is `uid`. */
function run({ missing = [], uid = 1000, terminal = false, sudo = true }) {
  const folder = mkdtempSync(path.join(tmpdir(), "packages-"));
  const program = (name, body) => {
    writeFileSync(path.join(folder, name), `#!/bin/bash\n${body}\n`);
    chmodSync(path.join(folder, name), 0o755);
  };
  program("dpkg-query", `case " ${missing.join(" ")} " in *" \${!#} "*) exit 1;; *) echo -n installed;; esac`);
  program("id", `echo ${uid}`);
  program("apt-get", 'echo "RAN apt-get $*"');
  program("cargo", "");
  program("npm", "");
  if (sudo) program("sudo", 'echo "RAN sudo $*"');
  symlinkSync(process.execPath, path.join(folder, "node"));
  try {
    return spawnSync("/bin/bash", [SCRIPT, "run"], {
      // Only what lies in the folder: a real sudo or apt-get is never reached.
      env: { PATH: folder, DIEMCAU_TEST_TERMINAL: terminal ? "1" : "" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("nothing missing: nothing is asked and nothing is said", () => {
  const { status, stdout, stderr } = run({});
  assert.deepEqual([status, stdout, stderr], [0, "", ""]);
});

test("root installs what is missing, and only that", () => {
  const { status, stdout } = run({ missing: ["build-essential"], uid: 0 });
  assert.equal(status, 0);
  assert.match(stdout, /^Missing system packages: build-essential$/m);
  assert.match(stdout, /^RAN apt-get install .* build-essential$/m);
});

test("somebody at a terminal is asked by sudo", () => {
  const { status, stdout } = run({ missing: ["build-essential"], terminal: true });
  assert.equal(status, 0);
  assert.match(stdout, /^RAN sudo apt-get install .* build-essential$/m);
});

for (const [name, how] of [["no terminal", {}], ["no sudo", { terminal: true, sudo: false }]]) {
  test(`${name}: the one command is printed and the exit status is 1`, () => {
    const { status, stdout, stderr } = run({ missing: ["build-essential", "ca-certificates"], ...how });
    assert.equal(status, 1);
    assert.doesNotMatch(stdout, /RAN/);
    const command = /^apt-get update && apt-get install -y --no-install-recommends build-essential ca-certificates$/m;
    assert.match(stderr, command);
  });
}
