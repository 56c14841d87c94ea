/**
 * Which crate may use which: the arrows of docs/architecture.md, and no other.
 *
 * Looks at what `cargo metadata` says, dev-dependencies included. A crate that is not named here
 * is a problem too: a new crate needs its arrows first.
 */
export const ARROWS = {
  "media-control": [],
  "media-core": [],
  "media-mix": [],
  "media-relay": ["media-control"],
  "media-server": ["media-core", "media-relay", "media-worker", "media-control"],
  "media-turn": [],
  "media-worker": [],
  "diemcau-mixer": ["media-mix", "media-relay", "media-worker", "media-control"],
  "diemcau-recorder": ["media-relay", "media-worker", "media-control"],
  conference: ["media-control"],
  "signalling-server": ["conference", "media-control"],
  loadtest: ["media-core", "media-relay", "media-control"],
  "mix-load": ["loadtest", "media-mix"],
  diemcau: ["signalling-server", "media-server", "media-turn", "loadtest"],
  // Outside the workspace. Only measured or used to measure, with the whole stack that nothing else compiles.
  "webrtc-rs-programs": [],
  // Outside too, each beside the crate that it feeds.
  "media-fuzz": ["media-core", "media-mix", "media-relay", "media-turn"],
  "signalling-fuzz": ["signalling-server"],
};

/**
 * What tests may name besides: the soak speaks to the program from outside, in the words of media control; the
 * mixer and the recorder are tested beside a real media server, the recorder with pictures to hand on.
 */
const TEST_ARROWS = { diemcau: ["media-control"], "diemcau-mixer": ["media-server"],
  "diemcau-recorder": ["media-server", "media-mix"] };

/** Libraries that may be under the GPL, and who alone may name them (docs/adr/0026). */
const COPYLEFT = { "ffmpeg-next": ["media-mix"], "ffmpeg-sys-next": ["media-mix"] };

/** `metadata` is the answer of `cargo metadata --no-deps`. */
export function arrows(metadata) {
  const problems = [];
  for (const crate of metadata.packages) {
    const allowed = ARROWS[crate.name];
    if (!allowed) {
      problems.push(`crate ${crate.name}: has no arrows in .ci/tidy/arrows.mjs; add them there and in docs/architecture.md`);
      continue;
    }
    for (const { name, path, kind } of crate.dependencies) {
      const isForTests = kind === "dev" && (TEST_ARROWS[crate.name] ?? []).includes(name);
      if (path && !allowed.includes(name) && !isForTests) {
        problems.push(`crate ${crate.name}: may not use ${name}; allowed: ${allowed.join(", ") || "nothing of ours"}`);
      }
      if (COPYLEFT[name] && !COPYLEFT[name].includes(crate.name)) {
        problems.push(`crate ${crate.name}: may not link ${name}; see docs/adr/0026`);
      }
    }
  }
  return problems;
}
