/**
 * The HTTP calls of the connection test. Throws `HttpError` as all of the API does; measures nothing.
 */
import type { CheckClock, CheckLeg, CheckReceipt, CheckReport, CheckUploaded } from "./generated";
import { read, send } from "./http";

export async function checkClock(): Promise<CheckClock> {
  return read(await send("GET", "/check/clock"));
}

/** The bytes as they come, so that speed can be read while they do. */
export function checkDownload(bytes: number): Promise<Response> {
  return send("GET", `/check/download?bytes=${bytes}`);
}

export async function checkUpload(body: Uint8Array<ArrayBuffer>): Promise<CheckUploaded> {
  return read(await send("POST", "/check/upload", body));
}

export async function openCheckLeg(): Promise<CheckLeg> {
  return read(await send("POST", "/check/leg", {}));
}

export async function answerCheckLeg(key: string, sdp: string): Promise<void> {
  await read(await send("POST", `/check/leg/${key}/answer`, { sdp }));
}

export async function closeCheckLeg(key: string): Promise<void> {
  await read(await send("DELETE", `/check/leg/${key}`));
}

export async function sendCheckReport(report: CheckReport): Promise<CheckReceipt> {
  return read(await send("POST", "/check", report));
}
