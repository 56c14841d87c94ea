/**
 * From a measurement to a grade and to the name of its sentence. Pure; `check.say_NAME` in the locale
 * files.
 */
import type { CheckGrade, CheckLine, CheckStep } from "../../protocol/generated";
import type { ClockAnswer, Reached, Way } from "../../rtc/probes";

/** One finished line: what goes into the report, and which sentence is shown. */
export interface Finding extends CheckLine {
  say: string;
}

/** A camera at its middle size and all voices fit into this, in kbit/s; sound and documents into the next. */
const GOOD_KBPS = 1500;
const WEAK_KBPS = 400;
const GOOD_DELAY_MS = 200;
const WEAK_DELAY_MS = 500;
const WRONG_CLOCK_MS = 2 * 60_000;

export function finding(step: CheckStep, grade: CheckGrade, figure?: number): Finding {
  const rounded = figure === undefined ? {} : { figure: Math.round(figure) };
  return { step, grade, ...rounded, say: `${step}_${grade}` };
}

export function bandwidth(step: "download" | "upload", kbps: number | null): Finding {
  if (kbps === null) return finding(step, "bad");
  return finding(step, kbps >= GOOD_KBPS ? "good" : kbps >= WEAK_KBPS ? "weak" : "bad", kbps);
}

export function server(answer: ClockAnswer | null): Finding {
  if (answer === null) return finding("server", "bad");
  const { delayMs } = answer;
  return finding("server", delayMs < GOOD_DELAY_MS ? "good" : "weak", Math.min(delayMs, 10 * WEAK_DELAY_MS));
}

export function clock(answer: ClockAnswer | null): Finding {
  if (answer === null) return finding("clock", "skipped");
  return finding("clock", Math.abs(answer.offsetMs) < WRONG_CLOCK_MS ? "good" : "weak", answer.offsetMs);
}

/** TCP and TLS are the ways round a blocked UDP: one of the three is enough, none is not. */
export function reach(ways: Record<Way, Reached>): Finding[] {
  const isAnyReached = Object.values(ways).some((reached) => reached.isReached);
  return (["udp", "tcp", "tls"] as const).map((step) => {
    const reached = ways[step];
    if (reached.isReached) return finding(step, "good", reached.tookMs);
    if (reached.why === "busy") return finding(step, "skipped");
    // A server that keeps its HTTPS port to the pages says so: there is nothing to try, and no fault.
    if (reached.why === "not_offered") return { ...finding(step, "skipped"), say: `${step}_not_offered` };
    return finding(step, isAnyReached ? "weak" : "bad");
  });
}
