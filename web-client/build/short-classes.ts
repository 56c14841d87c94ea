/**
 * Names of CSS classes in the built client: short, since each stands in a stylesheet and in a script
 * of the first load. The same sources always give the same names.
 *
 * Called by vite.config.ts for builds only; a developer sees the long names.
 */
import { createHash } from "node:crypto";
import path from "node:path";

/** Letters of the file's part. Two files with the same are refused, not mixed up. */
const FILE_LETTERS = 3;

/** Makes the function that names a class of a stylesheet under `root`. */
export function shortClasses(root: string): (name: string, file: string, css: string) => string {
  const owners = new Map<string, string>();
  return (name, file, css) => {
    const relative = path.relative(root, file.replace(/\?.*$/u, "")).split(path.sep).join("/");
    const digest = createHash("sha256").update(relative).digest("hex");
    const tag = Number.parseInt(digest.slice(0, 8), 16).toString(36).padStart(7, "0").slice(-FILE_LETTERS);
    const owner = owners.get(tag) ?? relative;
    if (owner !== relative) {
      throw new Error(`classes of ${relative} and ${owner} would get the same names: rename one file`);
    }
    owners.set(tag, relative);
    const names = [...new Set(Array.from(css.matchAll(/\.([A-Za-z_][\w-]*)/gu), ([, found]) => found))];
    return `_${tag}${names.indexOf(name).toString(36)}`;
  };
}
