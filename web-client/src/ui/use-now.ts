/**
 * The time, told anew every `periodMs`. Only for what shows a clock.
 */
import { useEffect, useState } from "react";

export function useNow(periodMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), periodMs);
    return () => clearInterval(timer);
  }, [periodMs]);
  return now;
}
