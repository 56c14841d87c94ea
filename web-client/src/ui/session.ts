/**
 * Who is signed in, as a question that every page shares, and the way out.
 */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useLocation } from "wouter";
import { logout, me } from "../protocol/http";
import { HOME } from "../routes";

export const SESSION_KEY = ["me"];

/** `data` is null for a guest or stranger. */
export function useSession() {
  return useQuery({ queryKey: SESSION_KEY, queryFn: me, staleTime: 60_000 });
}

/** Signs out and goes to the first page; also when the server cannot be reached, as far as this page goes. */
export function useSignOut(): () => void {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  return useCallback(() => {
    const forget = () => {
      queries.clear();
      queries.setQueryData(SESSION_KEY, null);
      navigate(HOME);
    };
    logout().then(forget, forget);
  }, [navigate, queries]);
}
