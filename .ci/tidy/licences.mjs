/**
 * Licences of everything that is linked into the server or shipped in the web client.
 *
 * Our code is Apache-2.0; only licences that let it stay so are allowed (docs/adr/0007). Reads
 * what `cargo metadata` and package-lock.json say; asks no network.
 */
export const ALLOWED = new Set([
  "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause",
  "BSL-1.0", "CC0-1.0", "CDLA-Permissive-2.0", "ISC", "MIT", "MIT-0", "MIT-Modern-Variant", "OFL-1.1", "OpenSSL",
  "Python-2.0", "Unicode-3.0", "Unlicense", "Zlib", "BlueOak-1.0.0",
  // Changes to the file itself stay open; linking is free.
  "MPL-2.0",
  // Asks for nothing at all; the bindings of FFmpeg (docs/adr/0026 says what FFmpeg itself asks for).
  "WTFPL",
]);
/** For what is only used while building or testing and never shipped. */
const BUILDING = new Set([...ALLOWED, "CC-BY-3.0", "CC-BY-4.0"]);

/** Packages that name their licence in an older way; read in their own LICENSE file, by version. */
const READ = new Map([["node_modules/@timephy/rnnoise-wasm 1.0.0", "Apache-2.0"]]);

/** Whether an SPDX expression can be fulfilled with allowed licences alone. */
export function fulfilled(expression, allowed = ALLOWED) {
  const tokens = expression.replaceAll("/", " OR ").match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const one = () => {
    if (tokens[at] === "(") {
      at += 1;
      const inner = any();
      at += 1;
      return inner;
    }
    let name = tokens[at++] ?? "";
    if (tokens[at] === "WITH") {
      name += ` WITH ${tokens[at + 1]}`;
      at += 2;
    }
    return allowed.has(name);
  };
  const all = () => {
    let good = one();
    while (tokens[at] === "AND") {
      at += 1;
      good = one() && good;
    }
    return good;
  };
  const any = () => {
    let good = all();
    while (tokens[at] === "OR") {
      at += 1;
      good = all() || good;
    }
    return good;
  };
  return tokens.length > 0 && any();
}

/** `metadata` is the answer of `cargo metadata` with dependencies. */
export function crateLicences(metadata) {
  return metadata.packages
    .filter((crate) => crate.source)
    .filter((crate) => !fulfilled(crate.license ?? ""))
    .map((crate) => `crate ${crate.name} ${crate.version}: licence ${crate.license ?? "not given"} is not on the list`);
}

/** `lock` is the content of package-lock.json. */
export function packageLicences(lock) {
  return Object.entries(lock.packages)
    .filter(([place]) => place !== "")
    .map(([place, one]) => [place, { ...one, license: one.license ?? READ.get(`${place} ${one.version}`) }])
    // npm names no licence for build tools of other platforms that it did not install.
    .filter(([, { license, dev, optional }]) => license || !(dev && optional))
    .filter(([, { license, dev }]) => !fulfilled(license ?? "", dev ? BUILDING : ALLOWED))
    .map(([place, { license }]) => `${place}: licence ${license ?? "not given"} is not on the list`);
}
