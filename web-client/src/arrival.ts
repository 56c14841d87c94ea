/**
 * Arriving at a conference's link: what stands at its door, and the personal token of the link
 * (`#token=…`), which becomes a session.
 *
 * Called by ConferencePage. The token leaves the address bar at once, so that it is not copied or
 * kept in the history.
 */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { loginWithToken, lookAtDoor } from "./protocol/http";
import { SESSION_KEY } from "./ui/session";

/** How often a watched door is looked at anew, in ms. */
const DOOR_MS = 5000;

/** The lobby of conference `id` and how long the server took to answer; asked again while watched. */
export function useDoor(id: string, { isEnabled, isWatched }: { isEnabled: boolean; isWatched: boolean }) {
  const door = useQuery({
    queryKey: ["lobby", id],
    enabled: isEnabled,
    queryFn: async () => {
      const started = performance.now();
      const answer = await lookAtDoor(id);
      const delayMs = performance.now() - started;
      const clockOffsetMs = answer.serverMs === null ? null : answer.serverMs - Date.now();
      return { lobby: answer.lobby, delayMs, clockOffsetMs };
    },
    refetchInterval: isWatched ? DOOR_MS : false,
    staleTime: 1000,
  });
  const { refetch } = door;
  // Who comes back to the door sees it as it is now, and perhaps has no account any more.
  useEffect(() => {
    if (isEnabled && isWatched) void refetch({ cancelRefetch: false });
  }, [isEnabled, isWatched, refetch]);
  return door;
}

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
