/** The two halves of the Vietnamese words, cut by build/split-words.ts. */
declare module "virtual:words-first" {
  export const words: Record<string, unknown>;
}
declare module "virtual:words-later" {
  export const words: Record<string, unknown>;
}
