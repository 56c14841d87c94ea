/**
 * Refusals about planned meetings as sentences: why not now, else as any other. Used by the pages about
 * planning and answering, whose words come later than those of refusals.ts.
 */
import type { TFunction } from "i18next";
import { HttpError } from "../protocol/http";
import { httpSentence } from "./refusals";

const WHYS = ["running", "ended", "cancelled", "passed"] as const;

export function meetingSentence(thrown: unknown, t: TFunction): string {
  const refusal = thrown instanceof HttpError ? thrown.refusal : null;
  const why = refusal?.error === "not_now" ? WHYS.find((one) => one === refusal.why) : undefined;
  return why === undefined ? httpSentence(thrown, t) : t(`meetings.not_now.${why}`);
}
