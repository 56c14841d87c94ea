/**
 * The HTTP API as functions. Called by screens (mostly through TanStack Query); answers are typed,
 * errors are thrown as `HttpError` with a stable code. Never shows text and never retries.
 */
import { isSomebodyThere } from "./activity";
import { type HttpRefusal, isApiCode } from "./error-codes";
import type {
  ApiError,
  Authority,
  ConferenceCreated,
  ConferenceId,
  ConferenceSummary,
  GuestEntry,
  Lobby,
  Login,
  NewConference,
  Person,
} from "./generated";

const ROOT = "/api/v1";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The root of the server's own certificate authority, as files to install. */
export const ROOT_DER = "/ca/root.crt";
export const ROOT_PEM = "/ca/root.pem";

/** A request that was not carried out: `refusal.error` is the code. */
export class HttpError extends Error {
  readonly refusal: HttpRefusal;

  constructor(refusal: HttpRefusal) {
    super(refusal.error);
    this.name = "HttpError";
    this.refusal = refusal;
  }
}

/** Signs in with an account; the session is a cookie. Refused: `wrong_credentials`, `account_locked`. */
export function login(body: Login): Promise<Person> {
  return call<Person>("POST", "/auth/login", body);
}

/** Turns a token out of a link into a session cookie. Refused: `bad_token`. */
export function loginWithToken(token: string): Promise<Person> {
  return call<Person>("POST", "/auth/token", { token });
}

export function logout(): Promise<void> {
  return call<void>("POST", "/auth/logout");
}

/** Who is signed in; null when nobody is. */
export async function me(): Promise<Person | null> {
  try {
    return await call<Person>("GET", "/me");
  } catch (thrown) {
    if (thrown instanceof HttpError && thrown.refusal.error === "not_signed_in") return null;
    throw thrown;
  }
}

/** The server's own certificate authority. Refused: `not_found` when it has none. */
export function authority(): Promise<Authority> {
  return call<Authority>("GET", "/authority");
}

export function conferences(): Promise<ConferenceSummary[]> {
  return call<ConferenceSummary[]>("GET", "/conferences");
}

export function createConference(body: NewConference): Promise<ConferenceCreated> {
  return call<ConferenceCreated>("POST", "/conferences", body);
}

/** What stands at the door of a conference. Refused: `no_such_conference`. */
export function lobby(id: ConferenceId): Promise<Lobby> {
  return call<Lobby>("GET", `/conferences/${encodeURIComponent(id)}/lobby`);
}

/** The same, with the server's time in whole seconds; null where a proxy hides it. */
export async function lookAtDoor(id: ConferenceId): Promise<{ lobby: Lobby; serverMs: number | null }> {
  const path = `/conferences/${encodeURIComponent(id)}/lobby`;
  const response = await send("GET", path);
  const serverMs = Date.parse(response.headers.get("date") ?? "");
  return { lobby: await read<Lobby>(response), serverMs: Number.isNaN(serverMs) ? null : serverMs };
}

/** Makes the caller a guest of this conference. Refused: `guests_not_allowed`, `text_length`. */
export function enterAsGuest(id: ConferenceId, body: GuestEntry): Promise<Person> {
  return call<Person>("POST", `/conferences/${encodeURIComponent(id)}/guest`, body);
}

/** Address of the conference's WebSocket, seen from a page at `location`. */
export function socketUrl(id: ConferenceId, location: Pick<Location, "protocol" | "host">): string {
  const scheme = location.protocol === "http:" ? "ws:" : "wss:";
  return `${scheme}//${location.host}${ROOT}/conferences/${encodeURIComponent(id)}/ws`;
}

/** Every other module of this folder asks through here as well. */
export async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  return read<T>(await send(method, path, body));
}

/** Marks what a page asks by itself, so that it does not keep an abandoned session alive. */
const BACKGROUND = { "x-diemcau-background": "1" };

/** Media type of an XLSX file. */
export const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** How a file is named to the server. Systems call a CSV file many things. */
const fileKind = (file: Blob): string => (file.type === WORKBOOK ? WORKBOOK : "text/csv");

/** One request; bytes and files (`Blob`, CSV or XLSX) are sent as they are, everything else as JSON. */
export function send(method: Method, path: string, body?: unknown): Promise<Response> {
  const isFile = body instanceof Blob;
  const isRaw = isFile || body instanceof Uint8Array;
  const kind = isFile ? fileKind(body) : isRaw ? "application/octet-stream" : "application/json";
  return fetch(ROOT + path, {
    method,
    credentials: "same-origin",
    headers: {
      ...(body === undefined ? {} : { "content-type": kind }),
      ...(method === "GET" && !isSomebodyThere() ? BACKGROUND : {}),
    },
    body: body === undefined ? null : isRaw ? (body as Blob | Uint8Array<ArrayBuffer>) : JSON.stringify(body),
  }).catch(() => {
    throw new HttpError({ error: "unreachable" });
  });
}

/** What the server answered, or its refusal thrown. */
export async function read<T>(response: Response): Promise<T> {
  if (response.status === 204 || response.status === 202) return undefined as T;
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as T;
  throw new HttpError(refusalOf(answer, response.status));
}

function refusalOf(answer: unknown, status: number): HttpRefusal {
  if (typeof answer === "object" && answer !== null && "error" in answer && isApiCode(answer.error)) {
    return answer as ApiError;
  }
  // 5xx without our JSON comes from a proxy in front of a server that is not there.
  return status >= 502 && status <= 504 ? { error: "unreachable" } : { error: "bad_answer", status };
}
