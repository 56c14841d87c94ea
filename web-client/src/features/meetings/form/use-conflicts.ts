/**
 * Who and what else is taken at the time of the draft, asked a moment after the last change. Used by
 * MeetingForm.
 */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Conflict } from "../../../protocol/generated";
import { type ConflictQuestion, conflicts } from "../../../protocol/meetings";
import { type Draft, numberIn, startOf } from "./draft";

/** How long the draft must rest, in ms. */
const REST_MS = 600;
const NONE: readonly Conflict[] = [];

export function useConflicts(draft: Draft, id: string | undefined): readonly Conflict[] {
  const asked = JSON.stringify(questionOf(draft, id));
  const [settled, setSettled] = useState(asked);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(asked), REST_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  const found = useQuery({
    queryKey: ["conflicts", settled],
    queryFn: () => conflicts(JSON.parse(settled) as ConflictQuestion),
    enabled: settled !== "null",
    placeholderData: keepPreviousData,
  });
  return settled === "null" ? NONE : (found.data ?? NONE);
}

function questionOf(draft: Draft, id: string | undefined): ConflictQuestion | null {
  const startsMs = startOf(draft);
  const minutes = numberIn(draft.minutes);
  if (startsMs === null || minutes === null || minutes < 1) return null;
  if (draft.sites.size === 0 && draft.people.length === 0) return null;
  return {
    ...(id === undefined ? {} : { id }),
    starts_ms: startsMs,
    minutes,
    sites: [...draft.sites],
    people: draft.people.map(({ key: _, ...person }) => person),
  };
}
