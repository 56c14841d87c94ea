/**
 * Runs the stages of `make test`, cheapest first: `node .ci/stages/main.mjs [--slow] [STAGE …]`.
 *
 * Stops at the first stage that fails and prints, last, one line `N passed, N failed` over all
 * tests that ran. A test stage in which no test ran has failed.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { countsIn, failuresIn } from "./counts.mjs";
import { SLOW_STAGES, STAGES } from "./list.mjs";

const root = path.resolve(import.meta.dirname, "..", "..");
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const list = process.argv.includes("--slow") ? SLOW_STAGES : STAGES;
const unknown = wanted.filter((name) => !list.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`no stage ${unknown.join(", ")}; there are ${list.map((stage) => stage.name).join(", ")}`);
  process.exit(2);
}

/** Runs one stage, showing what it prints. */
function run(stage) {
  return new Promise((resolve) => {
    const child = spawn("bash", ["-euo", "pipefail", "-c", stage.command], {
      cwd: root,
      env: { ...process.env, ...stage.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const show = (stream) => (chunk) => {
      stream.write(chunk);
      output += chunk;
    };
    child.stdout.setEncoding("utf8").on("data", show(process.stdout));
    child.stderr.setEncoding("utf8").on("data", show(process.stderr));
    child.on("close", (status) => resolve({ status: status ?? 1, output }));
  });
}

let passed = 0;
let failed = 0;
const times = [];
for (const stage of list.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  console.log(`\n=== ${stage.name}: ${stage.what}`);
  const began = Date.now();
  const { status, output } = await run(stage);
  const counts = stage.tests ? countsIn(output) : { passed: 0, failed: 0 };
  passed += counts.passed;
  failed += counts.failed;
  times.push(`${stage.name} ${Math.round((Date.now() - began) / 1000)} s`);
  const empty = stage.tests && counts.passed + counts.failed === 0;
  if (status === 0 && counts.failed === 0 && !empty) continue;
  // A stage may fail without a failed test: it did not compile, or ran nothing.
  if (counts.failed === 0) failed += 1;
  console.log(`\n=== ${stage.name} failed: ${empty && status === 0 ? "no test ran" : `exit status ${status}`}`);
  // Named once more at the end: the place where they happened is far above.
  for (const failure of failuresIn(output)) console.log(`  ${failure}`);
  break;
}
console.log(`\n=== ${times.join(", ")}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
