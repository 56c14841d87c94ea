/** The closing line of every runner that `make test` starts is understood. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { countsIn, failuresIn } from "../stages/counts.mjs";

const counts = (text) => {
  const { passed, failed } = countsIn(text);
  return [passed, failed];
};

test("cargo test: every binary counts", () => {
  const line = (passed, failed) => `test result: ok. ${passed} passed; ${failed} failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n`;
  assert.deepEqual(counts(`running 3 tests\n${line(3, 0)}\n   Doc-tests x\n${line(2, 1)}`), [5, 1]);
});

test("vitest: the line of tests counts, the line of files does not", () => {
  const coloured = "\x1b[2m Test Files \x1b[22m \x1b[1m\x1b[32m4 passed\x1b[39m\x1b[22m (4)\n\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[31m2 failed\x1b[39m | \x1b[32m21 passed\x1b[39m\x1b[90m (23)\x1b[39m\n";
  assert.deepEqual(counts(coloured), [21, 2]);
  assert.deepEqual(counts("      Tests  no tests\n"), [0, 0]);
  assert.deepEqual(counts("      Tests  7 passed | 1 skipped (8)\n"), [7, 0]);
});

test("vitest: a file that cannot be loaded is a failure though it holds no test", () => {
  assert.deepEqual(counts(" Test Files  1 failed | 4 passed (5)\n      Tests  21 passed (21)\n"), [21, 1]);
});

test("node's runner and the plain line count", () => {
  assert.deepEqual(counts("# tests 4\n# suites 0\n# pass 3\n# fail 1\n"), [3, 1]);
  assert.deepEqual(counts("something\n11 passed, 2 failed\n"), [11, 2]);
  assert.deepEqual(counts("said: 11 passed, 2 failed in passing\n"), [0, 0]);
});

test("what failed is named once, with the reason where the runner tells one", () => {
  const cargo = "test floor::hand_goes_first ... FAILED\ntest floor::other ... ok\n";
  const vitest = "\x1b[41m FAIL \x1b[49m  delays.e2e.ts > a picture comes\nTimeoutError: waited 30 s\n FAIL  delays.e2e.ts > a picture comes\n";
  const node = "not ok 3 - counts\n";
  assert.deepEqual(failuresIn(cargo + vitest + node), [
    "floor::hand_goes_first",
    "delays.e2e.ts > a picture comes: TimeoutError: waited 30 s",
    "counts",
  ]);
});

test("a failed wait names what it waited for and the outermost line of the test", () => {
  const vitest = [
    " FAIL  account.e2e.ts > somebody signs in",
    "TimeoutError: locator.waitFor: Timeout 30000ms exceeded.",
    "Call log:",
    "  - waiting for getByText('Đã lưu') to be visible",
    " ❯ signIn harness/meeting.ts:12:9",
    "    144|   await wait();",
    " ❯ account.e2e.ts:87:3",
    " FAIL  other.e2e.ts > another",
    "Error: no",
    " ❯ other.e2e.ts:1:1",
  ].join("\n");
  assert.deepEqual(failuresIn(vitest), [
    "account.e2e.ts > somebody signs in: TimeoutError: locator.waitFor: Timeout 30000ms exceeded.; " +
      "waiting for getByText('Đã lưu') to be visible; at account.e2e.ts:87:3",
    "other.e2e.ts > another: Error: no; at other.e2e.ts:1:1",
  ]);
});
