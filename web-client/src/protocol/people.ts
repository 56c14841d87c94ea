/**
 * People and units over HTTP, for administrators. As http.ts: errors are thrown as `HttpError`.
 */
import type { ImportReport } from "./generated";
import { call } from "./http";

/** Shows what `file` would change. Refused: `bad_file`, `too_large`, `not_allowed`. */
export function planImport(file: Blob): Promise<ImportReport> {
  return call<ImportReport>("POST", "/people/import", file);
}

/** Carries `plan` of the same file out. Refused: `plan_changed`. */
export function applyImport(file: Blob, plan: string): Promise<ImportReport> {
  return call<ImportReport>("POST", `/people/import?apply=${encodeURIComponent(plan)}`, file);
}
