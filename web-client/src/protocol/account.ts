/**
 * The own account over HTTP: profile, password, sessions, second factor. As http.ts: answers are
 * typed, errors are thrown as `HttpError`.
 */
import type {
  PasswordChange,
  Profile,
  RecoveryCodes,
  SecondFactorBegun,
  SessionLife,
  SessionSummary,
  SessionsEnded,
} from "./generated";
import { call } from "./http";

export function profile(): Promise<Profile> {
  return call<Profile>("GET", "/me/profile");
}

/** Refused: `wrong_credentials`, `weak_password` with every broken rule. */
export function changePassword(body: PasswordChange): Promise<void> {
  return call<void>("POST", "/me/password", body);
}

export function sessions(): Promise<SessionSummary[]> {
  return call<SessionSummary[]>("GET", "/me/sessions");
}

export function endSession(id: string): Promise<void> {
  return call<void>("DELETE", `/me/sessions/${encodeURIComponent(id)}`);
}

export function endOtherSessions(): Promise<SessionsEnded> {
  return call<SessionsEnded>("DELETE", "/me/sessions");
}

/** How long the session lives; asking does not lengthen it. */
export function sessionLife(): Promise<SessionLife> {
  return call<SessionLife>("GET", "/me/session");
}

/** Somebody is there: the session lives on. */
export function keepSession(): Promise<SessionLife> {
  return call<SessionLife>("POST", "/me/session");
}

/** Refused: `wrong_credentials`, `second_factor_on`. */
export function beginSecondFactor(password: string): Promise<SecondFactorBegun> {
  return call<SecondFactorBegun>("POST", "/me/second-factor", { password });
}

/** Refused: `wrong_code`. */
export function confirmSecondFactor(code: string): Promise<RecoveryCodes> {
  return call<RecoveryCodes>("POST", "/me/second-factor/confirm", { code });
}

/** Refused: `wrong_credentials`, `second_factor_off`. */
export function renewRecoveryCodes(password: string): Promise<RecoveryCodes> {
  return call<RecoveryCodes>("POST", "/me/second-factor/recovery-codes", { password });
}

/** Refused: `not_allowed`, `wrong_credentials`, `weak_password`. */
export function removeSecondFactor(password: string): Promise<void> {
  return call<void>("DELETE", "/me/second-factor", { password });
}
