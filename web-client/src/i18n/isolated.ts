/**
 * Keeps the direction of a name to itself: a name written from right to left, or one with marks that
 * turn the text around, must not move the words of our sentence. Pure; called for every value that is
 * put into a sentence.
 */

/** Hebrew, Arabic and their neighbours, and the mark of right-to-left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc]/u;
/** Marks that turn the text around until somebody ends them; nobody's name needs them. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/gu;

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

export function isolated(value: string): string {
  const plain = value.replace(TURNING, "");
  return RIGHT_TO_LEFT.test(plain) ? FIRST_STRONG_ISOLATE + plain + POP_ISOLATE : plain;
}
