/**
 * The time of the server, told anew every `periodMs`: every viewer sees the same clocks.
 */
import { useNow } from "../../ui/use-now";
import { useMeetingState } from "./meeting-context";

export function useServerNow(periodMs: number): number {
  const offset = useMeetingState((state) => state.clockOffsetMs);
  return useNow(periodMs) + offset;
}
