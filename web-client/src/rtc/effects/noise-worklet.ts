/**
 * The sound processor of the strong noise suppression, for an AudioWorklet: RNNoise out of an npm
 * package, program and model inside it. Fetched by `noise.ts`; a file of its own because a worklet
 * loads one file and nothing else.
 */
import "@timephy/rnnoise-wasm/NoiseSuppressorWorklet";
