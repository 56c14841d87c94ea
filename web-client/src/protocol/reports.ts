/**
 * Reports of a conference as files over HTTP. As http.ts: errors are thrown as `HttpError`.
 */
import type { ConferenceId } from "./generated";
import { read, send } from "./http";

export type ReportFormat = "pdf" | "xlsx" | "csv";

/** The sheet of the roll call. Refused: `not_allowed`, `no_such_conference`. */
export async function rollCallSheet(id: ConferenceId, format: ReportFormat): Promise<Blob> {
  const path = `/conferences/${encodeURIComponent(id)}/reports/roll-call.${format}`;
  const response = await send("GET", path);
  return response.ok ? response.blob() : read<Blob>(response);
}
