/**
 * Puts a sound level into the CSS variable --level of an element, past React.
 */
import { type RefObject, useEffect } from "react";

type Subscribe = (listener: (level: number) => void) => () => void;

/** `subscribe` must be stable; null listens to nothing. */
export function useLevelVariable(target: RefObject<HTMLElement | null>, subscribe: Subscribe | null): void {
  useEffect(() => {
    if (!subscribe) return;
    const element = target.current;
    const end = subscribe((level) => element?.style.setProperty("--level", level.toFixed(2)));
    return () => {
      end();
      element?.style.removeProperty("--level");
    };
  }, [target, subscribe]);
}
