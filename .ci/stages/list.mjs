/**
 * The stages of `make test` in their order, and those of `make test-slow`.
 *
 * `tests` says that the stage runs tests whose number counts. One cargo profile (dev) serves
 * tests and the programs that tests start, so nothing is compiled twice (docs/adr/0008).
 */

const NPM = "npm --prefix web-client";

/**
 * clippy in the place of the compiler, for our own crates: what is linted is what is tested, and nothing is
 * compiled twice (three minutes on two cores). cargo-clippy hands its arguments over in the same variable.
 */
const LINTED = {
  RUSTC_WORKSPACE_WRAPPER: "clippy-driver",
  CLIPPY_ARGS: "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__",
};

// The browser stage asks cargo for the same build as the rust stage: another set of packages would
// unify features differently and compile again.
export const STAGES = [
  { name: "structure", what: "structure checks and their own tests", tests: true, command: "node .ci/tidy/main.mjs; node --test --test-reporter=tap .ci/tests/*.test.mjs" },
  { name: "format", what: "Rust is formatted", command: "cargo fmt --all --check" },
  { name: "lint", what: "compiled by clippy, warnings are errors", environment: LINTED, command: "cargo test --workspace --all-targets --locked --no-run" },
  { name: "rust", what: "unit, simulated and process tests", tests: true, environment: LINTED, command: "cargo test --workspace --locked --no-fail-fast" },
  { name: "web", what: "types, lint and unit tests of the web client", tests: true, command: `make --no-print-directory web-packages && ${NPM} run check && ${NPM} test` },
  { name: "web-browser", what: "components in Chromium", tests: true, command: `${NPM} run test:browser` },
  { name: "browser", what: "real meetings in Chromium and Firefox", tests: true, environment: LINTED, command: `cargo test --workspace --locked --no-run --quiet && make --no-print-directory web && ${NPM} run e2e` },
];

export const SLOW_STAGES = [
  { name: "soak", what: "tests that take minutes", tests: true, environment: LINTED, command: "cargo test --workspace --locked --no-fail-fast -- --ignored" },
];
