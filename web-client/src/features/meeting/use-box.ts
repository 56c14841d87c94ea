/**
 * Size of an element as it changes, and what counts as a small screen.
 */
import { type RefObject, useLayoutEffect, useRef, useState } from "react";

export interface Box {
  width: number;
  height: number;
}

export function useBox<T extends HTMLElement>(): [RefObject<T | null>, Box] {
  const element = useRef<T>(null);
  const [box, setBox] = useState<Box>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    if (!element.current) return;
    const { clientWidth, clientHeight } = element.current;
    setBox({ width: clientWidth, height: clientHeight });
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      setBox((old) => (old.width === width && old.height === height ? old : { width, height }));
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, box];
}

/** Phones in either direction: too narrow or too low for the full control bar. */
export const COMPACT = "(max-width: 700px), (max-height: 480px)";
