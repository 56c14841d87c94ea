/**
 * The form of single files: their length, the comment that opens them, names that say nothing,
 * paths of somebody's machine.
 */
import path from "node:path";
import { withExtension } from "./tree.mjs";

const LINE_LIMIT = 500;
/** Written by a test from the Rust types. */
const GENERATED = /(^|\/)generated\.ts$/;

/** No source file over 500 lines. */
export function fileLength(tree) {
  return withExtension(tree, ".rs", ".ts", ".tsx", ".css", ".mjs", ".sh")
    .filter((file) => !GENERATED.test(file))
    .map((file) => [file, tree.read(file).trimEnd().split("\n").length])
    .filter(([, lines]) => lines > LINE_LIMIT)
    .map(([file, lines]) => `${file}: ${lines} lines; split it, the limit is ${LINE_LIMIT}`);
}

/** Every source file opens with a comment that says what it is. */
export function openingComment(tree) {
  const opening = { ".rs": "//!", ".ts": "/**", ".tsx": "/**", ".mjs": "/**", ".sh": "# " };
  return withExtension(tree, ...Object.keys(opening))
    .filter((file) => !GENERATED.test(file))
    .filter((file) => {
      const lines = tree.read(file).split("\n");
      const first = lines.find((line) => line.trim() !== "" && !line.startsWith("#!/")) ?? "";
      return !first.startsWith(opening[path.extname(file)]);
    })
    .map((file) => `${file}: does not open with a doc comment (${opening[path.extname(file)]} …)`);
}

const EMPTY_TAIL = /(?:Manager|Helper|Helpers|Util|Utils|Data|Info|Impl|Base)$/;
/** Names of the wire protocol that were published before this check. */
const PUBLISHED = new Set(["ConferenceInfo"]);
const EMPTY_FILE = /(?:^|[-_.])(?:utils?|helpers?|misc|common|manager)$|^component$/i;

/** Types and files whose name says how they are built and not what they are. */
export function emptyNames(tree) {
  const problems = [];
  for (const file of withExtension(tree, ".rs", ".ts", ".tsx", ".mjs")) {
    const stem = path.basename(file, path.extname(file));
    if (EMPTY_FILE.test(stem)) problems.push(`${file}: the file name says nothing; name it by what it is in the meeting`);
    if (GENERATED.test(file) || file.startsWith(".ci/tests/")) continue;
    const declaration = /\b(?:struct|enum|trait|class|interface|type|union)\s+([A-Za-z_]\w*)/g;
    for (const [, name] of withoutComments(tree.read(file)).matchAll(declaration)) {
      if (EMPTY_TAIL.test(name) && !PUBLISHED.has(name)) {
        problems.push(`${file}: ${name} ends in a word that says nothing`);
      }
    }
  }
  return problems;
}

function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*(?:\/\/|\*).*$/gm, "");
}

/** Folders of one machine and hosts of package registries have no place in the repository. */
const FOREIGN = [
  // `/work/` only as a folder at the root: not inside a longer path.
  [/(?<![\w.~/-])\/(?:work|root|home)\/[\w.-]+/, "a path of one machine"],
  [/\b(?:registry\.npmjs\.org|(?:index|static)\.crates\.io|files\.pythonhosted\.org|deb\.debian\.org)\b/, "a registry host"],
];

export function foreignPlaces(tree) {
  const problems = [];
  const own = /^\.ci\/(?:tidy\/form\.mjs|tests\/)/;
  const text = /\.(?:rs|ts|tsx|mjs|css|html|json|toml|md|sh|yml|yaml|sql|service|lock)$|(?:^|\/)(?:Makefile|run)$/;
  for (const file of tree.files.filter((file) => text.test(file) && !own.test(file))) {
    tree.read(file).split("\n").forEach((line, at) => {
      for (const [pattern, what] of FOREIGN) {
        const found = pattern.exec(line);
        if (found) problems.push(`${file}:${at + 1}: ${what} (${found[0]})`);
      }
    });
  }
  return problems;
}
