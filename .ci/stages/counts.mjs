/**
 * Reads how many tests passed and failed from what a test runner printed.
 *
 * Knows the closing lines of cargo test, vitest, node --test and the plain `N passed, N failed`.
 * A runner that prints two forms at once would be counted twice; none of ours does.
 */

/** `{ passed, failed }` over everything in `output`. */
export function countsIn(output) {
  // Colours of a terminal are taken away first.
  const lines = output.replace(/\x1b\[[0-9;]*m/g, "").split("\n");
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
