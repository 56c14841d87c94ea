/**
 * Writes each text of the build a second and a third time, compressed: the server sends these as they
 * are, and no connection waits for a processor. Used by vite.config.ts.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const COMPRESSES_WELL = /\.(?:js|css|html|svg|json|wasm|tflite)$/u;
/** Smaller files gain less than the headers cost, in bytes. */
const LEAST_BYTES = 1024;
/** Above this the best quality takes seconds a file and gains a hundredth, in bytes. */
const LARGE_BYTES = 1 << 20;

export function compressed(): Plugin {
  return {
    name: "diemcau-compressed",
    apply: "build",
    writeBundle(options, bundle) {
      const folder = options.dir ?? "dist";
      for (const name of Object.keys(bundle).filter((one) => COMPRESSES_WELL.test(one))) {
        const file = path.join(folder, name);
        const bytes = readFileSync(file);
        if (bytes.length < LEAST_BYTES) continue;
        const quality = bytes.length > LARGE_BYTES ? 9 : 11;
        writeFileSync(
          `${file}.br`,
          brotliCompressSync(bytes, {
            params: {
              [constants.BROTLI_PARAM_QUALITY]: quality,
              [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
            },
          }),
        );
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
