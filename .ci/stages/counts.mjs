/**
 * Reads how many tests passed and failed, and which failed, from what a test runner printed.
 *
 * Knows the closing lines of cargo test, vitest, node --test and the plain `N passed, N failed`.
 * A runner that prints two forms at once would be counted twice; none of ours does.
 */

/** Names that are shown at most when a stage failed. */
const MAX_NAMES = 20;

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
    found.set(name, vitest ? (lines[at + 1] ?? "").trim() : "");
  }
  return [...found].slice(0, MAX_NAMES).map(([name, why]) => (why ? `${name}: ${why}` : name));
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
