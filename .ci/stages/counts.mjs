/**
 * Reads how many tests passed and failed, and which failed, from what a test runner printed.
 *
 * Knows the closing lines of cargo test, vitest, node --test and the plain `N passed, N failed`.
 * A runner that prints two forms at once would be counted twice; none of ours does.
 */

/** Names that are shown at most when a stage failed. */
const MAX_NAMES = 20;
/** How far below its name a failure of vitest says what it waited for and where it stood. */
const DETAIL_LINES = 40;

// Colours of a terminal are taken away first.
const linesOf = (output) => output.replace(/\x1b\[[0-9;]*m/g, "").split("\n");

/** What failed, a line each with the reason where the runner tells one; each name once. */
export function failuresIn(output) {
  const found = new Map();
  const lines = linesOf(output);
  for (const [at, line] of lines.entries()) {
    const cargo = /^test (.+) \.\.\. FAILED$/.exec(line);
    const node = /^\s*not ok \d+ - (.+)$/.exec(line);
    const vitest = /^\s*FAIL\s+(.+)$/.exec(line);
    const [, name] = cargo ?? node ?? vitest ?? [];
    if (name === undefined || found.has(name)) continue;
    found.set(name, vitest ? reasonBelow(lines.slice(at + 1, at + 1 + DETAIL_LINES)) : "");
  }
  return [...found].slice(0, MAX_NAMES).map(([name, why]) => (why ? `${name}: ${why}` : name));
}

/** The message of vitest, with what Playwright waited for and the line of the test. */
function reasonBelow(lines) {
  const next = lines.findIndex((line) => /^\s*FAIL\s/.test(line));
  const own = lines.slice(1, next < 0 ? undefined : next);
  const waited = own.map((line) => /^\s*- (waiting for .+)$/.exec(line)?.[1]).find(Boolean);
  const place = own.map((line) => /^\s*❯ .*?(\S+\.tsx?:\d+:\d+)$/.exec(line)?.[1]).filter(Boolean).at(-1);
  return [(lines[0] ?? "").trim(), waited, place && `at ${place}`].filter(Boolean).join("; ");
}

/** `{ passed, failed }` over everything in `output`. */
export function countsIn(output) {
  const lines = linesOf(output);
  let passed = 0;
  let failed = 0;
  let failedFiles = 0;
  for (const line of lines) {
    const cargo = /^test result: \w+\. (\d+) passed; (\d+) failed;/.exec(line);
    const node = /^# (pass|fail) (\d+)$/.exec(line);
    const plain = /^(\d+) passed, (\d+) failed$/.exec(line.trim());
    const vitest = /^\s*(Tests|Test Files)\s{2,}(.*\(\d+\))\s*$/.exec(line);
    if (cargo ?? plain) {
      const [, good, bad] = cargo ?? plain;
      passed += Number(good);
      failed += Number(bad);
    } else if (node) {
      if (node[1] === "pass") passed += Number(node[2]);
      else failed += Number(node[2]);
    } else if (vitest) {
      const bad = Number(/(\d+) failed/.exec(vitest[2])?.[1] ?? 0);
      if (vitest[1] === "Tests") {
        passed += Number(/(\d+) passed/.exec(vitest[2])?.[1] ?? 0);
        failed += bad;
        // The line of files comes first: a file that failed without a failed test could not load.
        if (bad === 0) failed += failedFiles;
      }
      failedFiles = vitest[1] === "Test Files" ? bad : 0;
    }
  }
  return { passed, failed };
}
