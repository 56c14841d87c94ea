/**
 * The one word for the state of a conference's door.
 */
import type { Lobby, Person } from "../../protocol/generated";

export type DoorState = "open" | "waiting_room" | "before" | "locked" | "full" | "server_full" | "ended";

/**
 * `lobby.state_STATE` in the locale files. People who enter directly pass a lock; those who prepare
 * the meeting come before the door opens. `nowMs` is the server's time.
 */
export function doorState(lobby: Lobby, nowMs: number): DoorState {
  if (lobby.ended) return "ended";
  const entersEarly = lobby.you !== null && ENTER_EARLY.includes(lobby.you.role);
  if (lobby.opens_ms !== undefined && nowMs < lobby.opens_ms && !entersEarly) return "before";
  const entersDirectly = lobby.you !== null && ENTER_DIRECTLY.includes(lobby.you.role);
  if (lobby.locked && !entersDirectly) return "locked";
  if (lobby.participants >= lobby.limit && lobby.limit > 0) return "full";
  // A few places are kept for those who lead.
  if (lobby.server_full && !entersDirectly) return "server_full";
  return lobby.waiting_room && !entersDirectly ? "waiting_room" : "open";
}

/** Who has the act `enter_directly` in the permission table. */
const ENTER_DIRECTLY: readonly string[] = ["chair", "secretary", "duty_operator"];

/** Who has the act `enter_early` there. */
const ENTER_EARLY: readonly string[] = [...ENTER_DIRECTLY, "site_operator"];

/** As the permission table has it: these hear and see, but are neither heard nor seen. */
export function maySendMedia(person: Person | null): boolean {
  return person === null || !SILENT.includes(person.role);
}

const SILENT: readonly string[] = ["listener", "clerk", "unit_administrator", "administrator"];
