/** The systemd unit is one that systemd takes without a warning. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

const UNIT = path.resolve(import.meta.dirname, "..", "..", "deploy", "single-node", "diemcau.service");

function verify(text) {
  const folder = mkdtempSync(path.join(tmpdir(), "unit-"));
  const file = path.join(folder, "diemcau.service");
  // systemd looks whether the program is there; any program will do. The manual page is not installed.
  writeFileSync(file, text.replaceAll("/usr/local/bin/diemcau", "/bin/true").replace(/^Documentation=.*\n/m, ""));
  try {
    const { status, stdout, stderr, error } = spawnSync("systemd-analyze", ["verify", "--man=no", file], { encoding: "utf8" });
    return { status: error ? error.message : status, said: (stdout ?? "") + (stderr ?? "") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the unit is taken without a warning", () => {
  assert.deepEqual(verify(readFileSync(UNIT, "utf8")), { status: 0, said: "" });
});

test("a slip in the unit is found", () => {
  const broken = readFileSync(UNIT, "utf8").replace("Restart=on-failure", "Restart=sometimes");
  assert.match(verify(broken).said, /sometimes/);
});
