/**
 * Every structure check fails when it must and passes when it may: `node --test .ci/tests`.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrows } from "../tidy/arrows.mjs";
import { emptyNames, fileLength, foreignPlaces, openingComment } from "../tidy/form.mjs";
import { documentLinks, languageParity, metricsExplained, topLevel } from "../tidy/layout.mjs";
import { crateLicences, fulfilled, packageLicences } from "../tidy/licences.mjs";
import { inventedTree } from "../tidy/tree.mjs";

/** Problems of `check` on a tree of these files. */
const on = (check, content) => check(inventedTree(content));

test("an arrow that the design does not have is found", () => {
  const crate = (name, ...uses) => ({ name, dependencies: uses.map((used) => ({ name: used, path: `/x/${used}` })) });
  const found = (...packages) => arrows({ packages });
  assert.deepEqual(found(crate("media-core"), crate("media-server", "media-core", "media-control")), []);
  assert.match(found(crate("signalling-server", "media-server"))[0], /may not use media-server/);
  assert.match(found(crate("media-core", "media-control"))[0], /nothing of ours/);
  assert.match(found(crate("newcomer"))[0], /has no arrows/);
  const foreign = { name: "media-core", dependencies: [{ name: "bytes" }] };
  assert.deepEqual(found(foreign), []);
  const codecs = (name) => ({ name, dependencies: [{ name: "ffmpeg-next" }] });
  assert.deepEqual(found(codecs("media-mix")), []);
  assert.match(found(codecs("loadtest"))[0], /may not link ffmpeg-next/);
});

test("a file of 501 lines is found, a generated one is not", () => {
  const lines = (count) => "x\n".repeat(count);
  assert.deepEqual(on(fileLength, { "a.rs": lines(500), "p/generated.ts": lines(900), "a.json": lines(900) }), []);
  assert.equal(on(fileLength, { "a.rs": lines(501), "b.tsx": lines(501) }).length, 2);
});

test("a file that does not say what it is is found", () => {
  const good = { "a.rs": "\n//! Says.\n", "b.ts": "/** Says. */", "c.mjs": "#!/usr/bin/env node\n/** Says. */", "d.sh": "#!/bin/sh\n# Says.\n" };
  assert.deepEqual(on(openingComment, good), []);
  assert.equal(on(openingComment, { "a.rs": "use x;\n//! Late.", "b.ts": "// Says.", "d.sh": "set -e", "e.rs": "" }).length, 4);
});

test("a name that says nothing is found", () => {
  assert.deepEqual(on(emptyNames, { "a.rs": "struct FloorQueue;\n// struct RoomManager\nstruct Database;" }), []);
  const bad = { "a.rs": "pub struct RoomManager;", "b.ts": "export type UserData = 1;\ninterface ThingImpl {}", "src/utils.ts": "" };
  assert.equal(on(emptyNames, bad).length, 4);
});

test("a path of one machine or a registry host is found", () => {
  const good = { "a.md": "POST /api/v1/work/x, ~/work/, https://e.vn/home/page", "Cargo.lock": "github.com/rust-lang/crates.io-index" };
  assert.deepEqual(on(foreignPlaces, good), []);
  const bad = { "a.rs": 'open("/work/main/x")', "b.md": "cd /root/x", "package-lock.json": "https://registry.npmjs.org/x" };
  assert.equal(on(foreignPlaces, bad).length, 3);
});

test("a stranger at the top of the repository is found", () => {
  assert.deepEqual(on(topLevel, { "media/a.rs": "", ".gitignore": "", ".ci/run": "", "README.md": "" }), []);
  assert.equal(on(topLevel, { "scripts/x.sh": "", ".github/y": "", "notes.txt": "" }).length, 3);
});

test("a text of one language alone is found", () => {
  const i18n = (vi, en) => languageParity(inventedTree({ "i/vi.json": JSON.stringify(vi), "i/en.json": JSON.stringify(en) }), "i");
  assert.deepEqual(i18n({ a: { b: "x {{n}}" }, c_other: "y" }, { a: { b: "x {{n}}" }, c_one: "y", c_other: "z" }), []);
  assert.equal(i18n({ a: "x", b: "y" }, { a: "x", c: "z" }).length, 2);
  assert.match(i18n({ a: "x {{name}}" }, { a: "x {{nam}}" })[0], /placeholders/);
  assert.match(i18n({ a: " " }, { a: "x" })[0], /empty/);
  assert.match(languageParity(inventedTree({}), "i")[0], /missing/);
});

test("a link to nowhere is found", () => {
  const content = { "README.md": "[a](docs/a.md#part) [b](https://x) [c](docs) ```\n[d](none)\n```", "docs/a.md": "[up](../README.md)" };
  assert.deepEqual(on(documentLinks, content), []);
  assert.equal(on(documentLinks, { "docs/a.md": "[x](b.md) ![y](images/none.png)" }).length, 2);
});

test("a metric without explanation is found, and an explanation without metric", () => {
  const code = { "a.rs": 'counter!("vc_media_lost_total")' };
  assert.deepEqual(on(metricsExplained, { ...code, "docs/operations.md": "| `vc_media_lost_total` | look |" }), []);
  assert.equal(on(metricsExplained, { ...code, "docs/operations.md": "| `vc_media_gone_total` | look |" }).length, 2);
});

test("a licence that is not on the list is found", () => {
  for (const good of ["MIT", "MIT/Apache-2.0", "Apache-2.0 OR GPL-3.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception OR MIT"]) {
    assert.ok(fulfilled(good), good);
  }
  for (const bad of ["", "GPL-3.0", "MIT AND GPL-3.0", "(GPL-2.0 OR AGPL-3.0) AND MIT"]) assert.ok(!fulfilled(bad), bad);
  const crate = (license) => crateLicences({ packages: [{ name: "x", version: "1", source: "registry", license }, { name: "ours", source: null }] });
  assert.equal(crate("MIT").length, 0);
  assert.equal(crate(null).length, 1);
  const lock = (license, dev) => packageLicences({ packages: { "": {}, "node_modules/x": { license, dev } } });
  const foreign = { "node_modules/x": { dev: true, optional: true }, "node_modules/y": { optional: true } };
  assert.equal(packageLicences({ packages: foreign }).length, 1);
  assert.deepEqual([lock("CC-BY-4.0", true).length, lock("CC-BY-4.0", false).length], [0, 1]);
});
