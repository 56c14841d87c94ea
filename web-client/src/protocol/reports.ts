/**
 * Reports of a conference as files over HTTP. As http.ts: errors are thrown as `HttpError`.
 */
import type { ConferenceId, EndReport } from "./generated";
import { call, read, send } from "./http";

export type ReportFormat = "pdf" | "xlsx" | "csv";

export type Report = "roll-call" | "attendance" | "end";

/** One report as a file. Refused: `not_allowed`, `no_such_conference`. */
export async function reportFile(id: ConferenceId, report: Report, format: ReportFormat): Promise<Blob> {
  const path = `/conferences/${encodeURIComponent(id)}/reports/${report}.${format}`;
  const response = await send("GET", path);
  return response.ok ? response.blob() : read<Blob>(response);
}

/** What happened in a meeting. Refused: `not_allowed`, `no_such_conference`. */
export function endReport(id: ConferenceId): Promise<EndReport> {
  return call<EndReport>("GET", `/conferences/${encodeURIComponent(id)}/reports/end.json`);
}
