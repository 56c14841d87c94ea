/**
 * Takes a personal token out of the link (`#token=…`) and turns it into a session.
 *
 * Called by ConferencePage. The token leaves the address bar at once, so that it is not copied or
 * kept in the history.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { loginWithToken } from "./protocol/http";
import { SESSION_KEY } from "./ui/session";

/** Undefined while the token is on its way; then null, or what was thrown. */
export function useArrival(): unknown {
  const queries = useQueryClient();
  const [token] = useState(takeToken);
  const [failure, setFailure] = useState<unknown>(token === null ? null : undefined);
  useEffect(() => {
    if (token === null) return;
    loginWithToken(token).then((person) => {
      queries.setQueryData(SESSION_KEY, person);
      setFailure(null);
    }, setFailure);
  }, [queries, token]);
  return failure;
}

function takeToken(): string | null {
  const token = new URLSearchParams(window.location.hash.slice(1)).get("token");
  if (token !== null) {
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
  }
  return token;
}
