/**
 * Why the server did not take a file with a list, CSV or a workbook, as a sentence. Used where people are
 * imported and where they are invited.
 */
import type { TFunction } from "i18next";
import { HttpError } from "../protocol/http";
import { httpSentence } from "./refusals";

export function fileSentence(thrown: unknown, t: TFunction): string {
  const refusal = thrown instanceof HttpError ? thrown.refusal : null;
  if (refusal?.error !== "bad_file") return httpSentence(thrown, t);
  const { file } = refusal;
  return t(`import.file.${file.problem}`, {
    line: "line" in file ? file.line : 0,
    limit: "limit" in file ? file.limit : 0,
    column: "field" in file ? t(`import.field.${file.field}`) : "",
  });
}
