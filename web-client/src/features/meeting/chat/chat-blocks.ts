/**
 * Which messages stand under one name. Pure.
 */
import type { ChatMessage } from "../../../protocol/generated";

/** A pause longer than this names the writer again, in ms. */
const PAUSE_MS = 3 * 60_000;

export function startsBlock(before: ChatMessage | undefined, message: ChatMessage): boolean {
  if (!before) return true;
  return before.from !== message.from || message.at_ms - before.at_ms > PAUSE_MS;
}
