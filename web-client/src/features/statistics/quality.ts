/**
 * What the figures of a connection mean for a meeting: a grade, and the first reason for it as the key
 * of a sentence. Used by the rows of the statistics page. Pure.
 */
import type { LinkStatistics, ParticipantStatistics } from "../../protocol/generated";

/** Best first. `away`: no connection for messages; `none`: inside, but without sound and picture. */
export const GRADES = ["good", "fair", "poor", "none", "away"] as const;
export type Grade = (typeof GRADES)[number];

/** Share of lost packets from which sound breaks up in spite of repair, and from which it is worth a look. */
const POOR_LOSS = 0.05;
const FAIR_LOSS = 0.01;
/** Round trip in ms at which people begin to talk across each other, and at which they notice it. */
const POOR_RTT_MS = 400;
const FAIR_RTT_MS = 200;
/** Jitter in ms that a receiver's buffer no longer hides, and that costs delay. */
const POOR_JITTER_MS = 100;
const FAIR_JITTER_MS = 40;

/** What is said about a connection: `statistics.say_REASON`, with its figure. */
export interface Quality {
  grade: Grade;
  reason: "good" | "away" | "none" | "paused" | "loss_up" | "loss_down" | "rtt" | "jitter" | "queue" | "tcp";
  figure: number;
}

/** Packets that wait for their turn: half a second of a picture. */
const FAIR_QUEUE = 60;

export function qualityOf({ is_here, link }: ParticipantStatistics): Quality {
  if (!is_here) return { grade: "away", reason: "away", figure: 0 };
  if (link === null) return { grade: "none", reason: "none", figure: 0 };
  return poor(link) ?? fair(link) ?? { grade: "good", reason: "good", figure: 0 };
}

function poor(link: LinkStatistics): Quality | null {
  const { uplink_loss, downlink_loss, rtt_ms, jitter_ms, paused } = link;
  if (uplink_loss >= POOR_LOSS) return { grade: "poor", reason: "loss_up", figure: percent(uplink_loss) };
  if (downlink_loss >= POOR_LOSS) {
    return { grade: "poor", reason: "loss_down", figure: percent(downlink_loss) };
  }
  if (paused > 0) return { grade: "poor", reason: "paused", figure: paused };
  if (rtt_ms >= POOR_RTT_MS) return { grade: "poor", reason: "rtt", figure: rtt_ms };
  if (jitter_ms >= POOR_JITTER_MS) return { grade: "poor", reason: "jitter", figure: jitter_ms };
  return null;
}

function fair(link: LinkStatistics): Quality | null {
  const { uplink_loss, downlink_loss, rtt_ms, jitter_ms, waiting_packets, via } = link;
  if (uplink_loss >= FAIR_LOSS) return { grade: "fair", reason: "loss_up", figure: percent(uplink_loss) };
  if (downlink_loss >= FAIR_LOSS) {
    return { grade: "fair", reason: "loss_down", figure: percent(downlink_loss) };
  }
  if (rtt_ms >= FAIR_RTT_MS) return { grade: "fair", reason: "rtt", figure: rtt_ms };
  if (jitter_ms >= FAIR_JITTER_MS) return { grade: "fair", reason: "jitter", figure: jitter_ms };
  if (waiting_packets >= FAIR_QUEUE) return { grade: "fair", reason: "queue", figure: waiting_packets };
  if (via === "tcp") return { grade: "fair", reason: "tcp", figure: 0 };
  return null;
}

/** 0.034 as 3.4. */
export function percent(share: number): number {
  return Math.round(share * 1000) / 10;
}
