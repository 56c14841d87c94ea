/** Rules of healing: mild remedy first, stronger when it did not help, never in a hurry, never giving up. */
import { describe, expect, it } from "vitest";
import { Healing, OPENING_MS, REMEDY_MS, SILENT_MS } from "./healing";

/** Looks every second from `from` to `to` without any sign of life; tells when something is to be done. */
function silent(healing: Healing, from: number, to: number): string[] {
  const done: string[] = [];
  for (let now = from; now <= to; now += 1000) {
    const remedy = healing.look(now, 100);
    if (remedy === "none") continue;
    done.push(`${now}: ${remedy}`);
    if (remedy === "restart_ice") healing.restarting(now);
    else healing.opening(now);
  }
  return done;
}

function connectedAt(now: number): Healing {
  const healing = new Healing();
  healing.opening(now);
  healing.connected(now);
  healing.look(now, 100);
  return healing;
}

describe("healing", () => {
  it("does nothing while signs of life come", () => {
    const healing = connectedAt(0);
    for (let now = 1000; now < 60_000; now += 1000) expect(healing.look(now, 100 + now)).toBe("none");
  });

  it("restarts ICE after silence and asks for a new connection when that did not help", () => {
    const healing = connectedAt(0);
    const done = silent(healing, 1000, SILENT_MS + REMEDY_MS + 1000);
    expect(done).toEqual([`${SILENT_MS}: restart_ice`, `${SILENT_MS + REMEDY_MS}: open_media`]);
  });

  it("is content when the path works again after a restart", () => {
    const healing = connectedAt(0);
    silent(healing, 1000, SILENT_MS);
    expect(healing.look(SILENT_MS + 1000, 101)).toBe("none");
    expect(healing.isBusy).toBe(false);
  });

  it("keeps asking for new connections, with growing pauses", () => {
    const healing = new Healing();
    healing.opening(0);
    const times = silent(healing, 1000, 80_000).map((line) => Number.parseInt(line, 10));
    const pauses = times.map((time, index) => time - (times[index - 1] ?? 0));
    expect(pauses[0]).toBe(OPENING_MS);
    expect(pauses.at(-1)).toBe(16_000);
    expect(pauses).toEqual([...pauses].sort((left, right) => left - right));
  });

  it("leaves a closed connection alone", () => {
    const healing = connectedAt(0);
    healing.closed();
    expect(silent(healing, 0, 60_000)).toEqual([]);
  });
});
