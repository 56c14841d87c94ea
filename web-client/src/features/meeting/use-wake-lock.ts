/**
 * Keeps the screen of a phone or laptop on while a meeting is on it; asked for again whenever the page
 * comes back, because the browser lets go of it when the page is hidden.
 */
import { useEffect } from "react";

export function useWakeLock(): void {
  useEffect(() => {
    let held: WakeLockSentinel | null = null;
    let isOver = false;
    const hold = async () => {
      if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      // Refused when the battery is low: the meeting goes on all the same.
      const lock = await navigator.wakeLock.request("screen").catch(() => null);
      if (isOver) void lock?.release();
      else held = lock;
    };
    void hold();
    document.addEventListener("visibilitychange", hold);
    return () => {
      isOver = true;
      document.removeEventListener("visibilitychange", hold);
      void held?.release();
    };
  }, []);
}
