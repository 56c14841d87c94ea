/**
 * What the server says to the rows of a file, as sentences.
 */
import type { TFunction } from "i18next";
import type { Line, Role } from "../../protocol/generated";

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
