/**
 * Keeps the end of the chat in sight while the reader is there, and counts what comes while not.
 */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useMeetingState, useViewStore } from "../meeting-context";

/** As near to the end as this still counts as there, in px. */
const NEAR_PX = 40;

export interface FollowedLog {
  log: RefObject<HTMLDivElement | null>;
  newer: number;
  onScroll: () => void;
  toEnd: () => void;
}

export function useFollowedLog(): FollowedLog {
  const view = useViewStore();
  const log = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const lastId = useMeetingState((state) => state.chat.at(-1)?.id ?? 0);
  // Only ever grows: a call with an older list, as after sending, must not bring back what was read.
  const [seenId, setSeenId] = useState(lastId);
  const newer = useMeetingState((state) => state.chat.filter((message) => message.id > seenId).length);
  const toEnd = useCallback(() => {
    isAtEnd.current = true;
    log.current?.scrollTo({ top: log.current.scrollHeight });
    setSeenId((seen) => Math.max(seen, lastId));
  }, [lastId]);
  useLayoutEffect(() => {
    const element = log.current;
    if (!element) return;
    const stay = () => {
      if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    };
    stay();
    if (isAtEnd.current) setSeenId((seen) => Math.max(seen, lastId));
    // A phone that is turned, or its keyboard, leaves less room: the newest stays in sight.
    const observer = new ResizeObserver(stay);
    observer.observe(element);
    return () => observer.disconnect();
  }, [lastId]);
  useEffect(() => {
    view.setState({ readChatId: lastId });
  }, [view, lastId]);
  const onScroll = () => {
    const element = log.current;
    if (!element) return;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    if (isAtEnd.current) setSeenId((seen) => Math.max(seen, lastId));
  };
  return { log, newer, onScroll, toEnd };
}
