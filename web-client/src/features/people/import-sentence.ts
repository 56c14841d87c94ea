/**
 * What the server says to a file and to its rows, as sentences.
 */
import type { TFunction } from "i18next";
import type { Line, Role } from "../../protocol/generated";
import { HttpError } from "../../protocol/http";
import { httpSentence } from "../../ui/refusals";

/** Why a file was not taken. */
export function importSentence(thrown: unknown, t: TFunction): string {
  const refusal = thrown instanceof HttpError ? thrown.refusal : null;
  if (refusal?.error !== "bad_file") return httpSentence(thrown, t);
  const { file } = refusal;
  return t(`import.file.${file.problem}`, {
    line: "line" in file ? file.line : 0,
    limit: "limit" in file ? file.limit : 0,
    column: "field" in file ? t(`import.field.${file.field}`) : "",
  });
}

/** What becomes of a row, or why it is refused. */
export function rowSentence(line: Line, t: TFunction): string {
  if (line.problem) {
    const column = line.field ? t(`import.field.${line.field}`) : "";
    return t(`import.problem.${line.problem}`, { column });
  }
  return line.changes
    .map(({ field, from, to }) =>
      t("import.change", {
        column: t(`import.field.${field}`),
        from: word(field, from, t),
        to: word(field, to, t),
      }),
    )
    .join("; ");
}

function word(field: string, value: string, t: TFunction): string {
  if (field === "role") return t(`role.${value as Role}`);
  return value === "" ? t("import.nothing") : value;
}
