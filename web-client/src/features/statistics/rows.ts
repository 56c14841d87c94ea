/**
 * The rows of the statistics page: graded, found, sorted, counted. Pure; words come in as a function.
 */
import type { LinkStatistics, ParticipantStatistics, ProgrammeStatistics } from "../../protocol/generated";
import { byVietnamese, folded } from "../../ui/names";
import { GRADES, type Grade, type Quality, qualityOf } from "./quality";

export interface Row extends ParticipantStatistics {
  quality: Quality;
}

/** Columns in reading order; each can be sorted by. */
export const COLUMNS = [
  "name",
  "quality",
  "up",
  "down",
  "loss_up",
  "loss_down",
  "rtt",
  "jitter",
  "sent",
  "shown",
  "estimate",
  "repair_up",
  "repair_down",
  "keyframes",
  "queue",
  "drops",
  "way",
] as const;
export type Column = (typeof COLUMNS)[number];

export interface Order {
  column: Column;
  isDescending: boolean;
}

export interface Wanted {
  text: string;
  /** One grade alone; null: all. */
  grade: Grade | null;
  order: Order;
}

export function rowsOf(participants: readonly ParticipantStatistics[]): readonly Row[] {
  return participants.map((one) => ({ ...one, quality: qualityOf(one) }));
}

/** Rows per grade. */
export function countsOf(rows: readonly Row[]): Record<Grade, number> {
  const counts = { good: 0, fair: 0, poor: 0, none: 0, away: 0 };
  for (const { quality } of rows) counts[quality.grade] += 1;
  return counts;
}

/** The rows that are asked for, in the order that is asked for; equal ones stay in order of name. */
export function chosen(rows: readonly Row[], { text, grade, order }: Wanted): readonly Row[] {
  const wanted = folded(text);
  const found = rows.filter(
    (row) =>
      (grade === null || row.quality.grade === grade) && folded(`${row.name} ${row.unit}`).includes(wanted),
  );
  const sign = order.isDescending ? -1 : 1;
  return found.sort((left, right) => {
    const byName = byVietnamese(left.name, right.name) || left.participant - right.participant;
    if (order.column === "name") return sign * byName;
    return sign * (weight(left, order.column) - weight(right, order.column)) || byName;
  });
}

/** Who has no connection stands below all who have one. */
const NOTHING = -1;

function weight(row: Row, column: Column): number {
  if (column === "quality") return GRADES.indexOf(row.quality.grade);
  return row.link === null ? NOTHING : figureOf(row.link, column);
}

/** What a column is sorted by. */
function figureOf(link: LinkStatistics, column: Column): number {
  switch (column) {
    case "up":
      return link.uplink_bps;
    case "down":
      return link.downlink_bps;
    case "loss_up":
      return link.uplink_loss;
    case "loss_down":
      return link.downlink_loss;
    case "rtt":
      return link.rtt_ms;
    case "jitter":
      return link.jitter_ms;
    case "sent":
      return Math.max(0, ...link.streams.map((stream) => stream.height_px));
    case "shown":
      return link.shown.reduce((sum, pictures) => sum + pictures, 0);
    case "estimate":
      return link.estimate_bps;
    case "repair_up":
      return link.asked_again;
    case "repair_down":
      return link.nacked;
    case "keyframes":
      return link.keyframes_asked;
    case "queue":
      return link.waiting_packets;
    case "drops":
      return link.given_up + link.refused;
    case "way":
      return link.shard;
    default:
      return 0;
  }
}

/** Heights of the pictures that are sent, largest first: "720, 360, 180". */
export function sentHeights(link: LinkStatistics): string {
  const heights = link.streams.filter((stream) => stream.height_px > 0).map((stream) => stream.height_px);
  return [...new Set(heights)].sort((left, right) => right - left).join(", ");
}

/** The order after a press on the head of `column`: figures begin with the largest, names with A. */
export function pressed(order: Order, column: Column): Order {
  if (order.column === column) return { column, isDescending: !order.isDescending };
  return { column, isDescending: column !== "name" && column !== "way" };
}

/** What the mixer gives up, by the number that it tells; each holds what stands before it. */
const GIVEN_UP = [null, "coarser", "fewer", "smaller", "refusing"] as const;

/** The most that is given up of any composed picture; null while nothing is. */
export function givenUp(programmes: readonly ProgrammeStatistics[]) {
  const step = Math.max(0, ...programmes.map((it) => it.ladder_step));
  return GIVEN_UP[Math.min(step, GIVEN_UP.length - 1)] ?? null;
}
