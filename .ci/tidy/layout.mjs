/**
 * What lies at the top of the repository, that both languages say everything, that the documents
 * point at files that exist and explain every metric.
 */
import path from "node:path";
import { withExtension } from "./tree.mjs";

const TOP = new Set([
  "Cargo.toml", "Cargo.lock", "media", "signalling", "recorder", "web-client", "loadtest", "deploy",
  "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "Makefile",
  "rust-toolchain.toml", "rustfmt.toml", "clippy.toml", "docs", ".ci",
]);

/** Nothing at the top but the folders of the design. */
export function topLevel(tree) {
  const found = new Set(tree.files.map((file) => file.split("/")[0]));
  const dotFile = (name) => name.startsWith(".") && tree.files.includes(name);
  return [...found]
    .filter((name) => !TOP.has(name) && !dotFile(name))
    .map((name) => `${name}: does not belong at the top of the repository; see docs/architecture.md`);
}

/** Vietnamese and English hold the same keys, no text is empty, placeholders agree. */
export function languageParity(tree, folder = "web-client/src/i18n") {
  const [vi, en] = ["vi", "en"].map((language) => {
    const file = `${folder}/${language}.json`;
    return tree.files.includes(file) ? flat(JSON.parse(tree.read(file))) : null;
  });
  if (!vi || !en) return [`${folder}: vi.json or en.json is missing`];
  const problems = [];
  // English has one and many, Vietnamese only other.
  const stem = (key) => key.replace(/_(?:one|other|zero|two|few|many)$/, "");
  const stems = (texts) => new Set([...texts.keys()].map(stem));
  const [viStems, enStems] = [stems(vi), stems(en)];
  for (const key of viStems) if (!enStems.has(key)) problems.push(`en.json: ${key} is missing`);
  for (const key of enStems) if (!viStems.has(key)) problems.push(`vi.json: ${key} is missing`);
  for (const [language, texts] of [["vi", vi], ["en", en]]) {
    for (const [key, text] of texts) if (text.trim() === "") problems.push(`${language}.json: ${key} is empty`);
  }
  for (const [key, text] of vi) {
    if (en.has(key) && placeholders(text) !== placeholders(en.get(key))) {
      problems.push(`${key}: vi and en have different {{placeholders}}`);
    }
  }
  return problems;
}

function placeholders(text) {
  return [...new Set([...text.matchAll(/\{\{\s*([\w.]+)/g)].map(([, name]) => name))].sort().join(" ");
}

function flat(value, prefix = "", into = new Map()) {
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix ? `${prefix}.${key}` : key;
    if (typeof inner === "string") into.set(name, inner);
    else flat(inner, name, into);
  }
  return into;
}

/** Links between documents lead to files that exist. */
export function documentLinks(tree) {
  const known = new Set(tree.files.flatMap((file) => [file, ...folders(file)]));
  const problems = [];
  for (const file of withExtension(tree, ".md")) {
    const text = tree.read(file).replace(/```[\s\S]*?```/g, "");
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(?:https?:|mailto:|#)/.test(target)) continue;
      const goal = path.posix.normalize(path.posix.join(path.posix.dirname(file), target.split("#")[0]));
      if (!known.has(goal.replace(/\/$/, ""))) problems.push(`${file}: link to ${target}, which does not exist`);
    }
  }
  return problems;
}

function folders(file) {
  const parts = file.split("/").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
}

/** Every metric has its line in docs/operations.md, and every line its metric. */
export function metricsExplained(tree) {
  const named = new Map();
  for (const file of withExtension(tree, ".rs")) {
    for (const [, name] of tree.read(file).matchAll(/"(vc_[a-z0-9_]+)"/g)) named.set(name, file);
  }
  const operations = tree.files.includes("docs/operations.md") ? tree.read("docs/operations.md") : "";
  const explained = new Set([...operations.matchAll(/`(vc_[a-z0-9_]+)/g)].map(([, name]) => name));
  return [
    ...[...named].filter(([name]) => !explained.has(name)).map(([name, file]) => `${file}: ${name} has no line in docs/operations.md`),
    ...[...explained].filter((name) => !named.has(name)).map((name) => `docs/operations.md: ${name} is no metric of the code`),
  ];
}
