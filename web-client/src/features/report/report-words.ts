/**
 * Incidents and acts of an end report in words. One that is not known here, of a newer server, is shown as
 * its code. Used by ReportTables.
 */
import type { TFunction } from "i18next";

export function whatWords(what: string, t: TFunction): string {
  return t(`report.what.${what}` as "report.what.locked", { defaultValue: what });
}
