/**
 * Runs every structure check on the repository: `node .ci/tidy/main.mjs`.
 *
 * Prints each problem on a line of its own and, last, `N passed, N failed` over the checks.
 * Changes nothing and asks no network.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { arrows } from "./arrows.mjs";
import { emptyNames, fileLength, foreignPlaces, openingComment } from "./form.mjs";
import { documentLinks, languageParity, metricsExplained, topLevel } from "./layout.mjs";
import { crateLicences, packageLicences } from "./licences.mjs";
import { repositoryTree } from "./tree.mjs";

const root = path.resolve(import.meta.dirname, "..", "..");
const tree = repositoryTree(root);

/** Packages outside the workspace: a nightly compiler or much compiling is needed, so no cargo command here may build them. */
const OUTSIDE = ["loadtest/webrtc-rs", "media/fuzz", "signalling/fuzz"];

/** What the workspace and the packages outside it use, read without resolving. */
function manifests() {
  const answers = OUTSIDE.map((folder) => {
    const flags = ["metadata", "--format-version", "1", "--no-deps", "--manifest-path", path.join(root, folder, "Cargo.toml")];
    return JSON.parse(execFileSync("cargo", flags, { stdio: ["ignore", "pipe", "inherit"] }).toString());
  });
  return { packages: [cargoMetadata("--no-deps"), ...answers].flatMap((answer) => answer.packages) };
}

function cargoMetadata(...flags) {
  const answer = execFileSync("cargo", ["metadata", "--format-version", "1", "--locked", ...flags], {
    cwd: root,
    maxBuffer: 256 << 20,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(answer.toString());
}

const lockFile = path.join(root, "web-client", "package-lock.json");
const checks = {
  "crate arrows": () => arrows(manifests()),
  "file length": () => fileLength(tree),
  "opening comments": () => openingComment(tree),
  "names": () => emptyNames(tree),
  "machine paths": () => foreignPlaces(tree),
  "top level": () => topLevel(tree),
  "vi and en": () => languageParity(tree),
  "document links": () => documentLinks(tree),
  "metrics explained": () => metricsExplained(tree),
  "crate licences": () => crateLicences(cargoMetadata()),
  "package licences": () => (existsSync(lockFile) ? packageLicences(JSON.parse(readFileSync(lockFile, "utf8"))) : []),
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  const problems = check();
  if (problems.length > 0) failed += 1;
  for (const problem of problems) console.log(`${name}: ${problem}`);
}
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
