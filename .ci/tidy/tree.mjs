/**
 * The files that the structure checks look at: what git tracks or would track.
 *
 * Every check takes a tree and answers a list of problems, so that a test can hand it an invented
 * tree. Reads only.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** The tree of the repository at `root`. */
export function repositoryTree(root) {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    maxBuffer: 64 << 20,
  });
  const files = listed
    .toString()
    .split("\0")
    .filter((file) => file !== "" && existsSync(path.join(root, file)))
    .sort();
  return { files, read: (file) => readFileSync(path.join(root, file), "utf8") };
}

/** A tree from an object of path → content. */
export function inventedTree(content) {
  return { files: Object.keys(content).sort(), read: (file) => content[file] };
}

/** Files of the tree with one of these extensions. */
export function withExtension(tree, ...extensions) {
  return tree.files.filter((file) => extensions.includes(path.extname(file)));
}
