/**
 * Refusals of the server as sentences. Used wherever an answer is shown to a person; codes and
 * facts come from protocol/error-codes.ts, words from the locale files.
 */
import type { TFunction } from "i18next";
import { span } from "../i18n/format";
import type { HttpRefusal, Refusal } from "../protocol/error-codes";
import { HttpError } from "../protocol/http";

/** What a thrown HTTP error means for the person. */
export function httpSentence(thrown: unknown, t: TFunction): string {
  const refusal: HttpRefusal = thrown instanceof HttpError ? thrown.refusal : { error: "failure" };
  return t(`http.${refusal.error}`, {
    time: "retry_s" in refusal ? span(refusal.retry_s, t) : "",
    limit: "limit" in refusal ? refusal.limit : 0,
  });
}

/** What a refused request in the meeting means for the person. */
export function refusalSentence(refusal: Refusal, t: TFunction): string {
  return t(`refusal.${refusal.error}`, { limit: "limit" in refusal ? refusal.limit : 0 });
}

/** The code of what was thrown, for support. */
export function httpCode(thrown: unknown): HttpRefusal["error"] {
  return thrown instanceof HttpError ? thrown.refusal.error : "failure";
}
