/**
 * The HTTP API as functions. Called by screens (mostly through TanStack Query); answers are typed,
 * errors are thrown as `HttpError` with a stable code. Never shows text and never retries.
 */
import { type HttpRefusal, isApiCode } from "./error-codes";
import type {
  ApiError,
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

/** Makes the caller a guest of this conference. Refused: `guests_not_allowed`, `text_length`. */
export function enterAsGuest(id: ConferenceId, body: GuestEntry): Promise<Person> {
  return call<Person>("POST", `/conferences/${encodeURIComponent(id)}/guest`, body);
}

/** Address of the conference's WebSocket, seen from a page at `location`. */
export function socketUrl(id: ConferenceId, location: Pick<Location, "protocol" | "host">): string {
  const scheme = location.protocol === "http:" ? "ws:" : "wss:";
  return `${scheme}//${location.host}${ROOT}/conferences/${encodeURIComponent(id)}/ws`;
}

async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const response = await fetch(ROOT + path, {
    method,
    credentials: "same-origin",
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  }).catch(() => {
    throw new HttpError({ error: "unreachable" });
  });
  if (response.status === 204) return undefined as T;
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
