/**
 * Figures of a row as words, for the table, the cards of a phone and the file. Pure; numbers are
 * written as the language writes them.
 */
import type { TFunction } from "i18next";
import { written } from "../../i18n/format";
import type { LinkStatistics } from "../../protocol/generated";
import { percent } from "./quality";
import { COLUMNS, type Column, type Row, sentHeights } from "./rows";

/** Stands where nothing is known. */
const NOTHING = "–";

/** bit/s as Mbit/s. */
export function megabits(bps: number, language: string): string {
  return written(bps / 1_000_000, 2, language);
}

export function nameOf(row: Row): string {
  return row.unit ? `${row.name} – ${row.unit}` : row.name;
}

/** What is said about a row's connection. */
export function sentence(
  { quality: { reason, figure: value } }: Row,
  t: TFunction,
  language: string,
): string {
  const digits = Number.isInteger(value) ? 0 : 1;
  return t(`statistics.say_${reason}`, { figure: written(value, digits, language), count: value });
}

export function cell(row: Row, column: Column, t: TFunction, language: string): string {
  if (column === "name") return nameOf(row);
  if (column === "quality") return t(`statistics.grade.${row.quality.grade}`);
  return row.link === null ? NOTHING : figure(row.link, column, t, language);
}

function figure(link: LinkStatistics, column: Column, t: TFunction, language: string): string {
  const whole = (value: number) => written(value, 0, language);
  const loss = (share: number) => written(percent(share), 1, language);
  const ofAll = (part: number, all: number) => (all === 0 ? "0" : `${whole(part)} / ${whole(all)}`);
  switch (column) {
    case "up":
      return megabits(link.uplink_bps, language);
    case "down":
      return megabits(link.downlink_bps, language);
    case "loss_up":
      return loss(link.uplink_loss);
    case "loss_down":
      return loss(link.downlink_loss);
    case "rtt":
      return link.rtt_ms === 0 ? NOTHING : whole(link.rtt_ms);
    case "jitter":
      return whole(link.jitter_ms);
    case "sent":
      return sentHeights(link) || NOTHING;
    case "shown":
      return shown(link, t) || NOTHING;
    case "estimate":
      return megabits(link.estimate_bps, language);
    case "repair_up":
      return ofAll(link.recovered, link.asked_again);
    case "repair_down":
      return ofAll(link.repaired, link.nacked);
    case "keyframes":
      return ofAll(link.keyframes_asked, link.keyframes_asked + link.keyframes_wanted);
    case "queue":
      return whole(link.waiting_packets);
    case "drops":
      return whole(link.given_up + link.refused);
    default:
      return `${link.via?.toUpperCase() ?? NOTHING} · ${link.shard}`;
  }
}

/** "5 nhỏ, 2 vừa, 1 lớn, 3 tạm dừng", without what there is none of. */
function shown({ shown: [small = 0, medium = 0, large = 0], paused }: LinkStatistics, t: TFunction): string {
  const parts = [
    ["small", small],
    ["medium", medium],
    ["large", large],
    ["paused", paused],
  ] as const;
  const named = parts.filter(([, count]) => count > 0);
  return named.map(([size, count]) => t(`statistics.shown_${size}`, { count })).join(", ");
}

/** Head and rows for a spreadsheet. */
export function tableOf(rows: readonly Row[], t: TFunction, language: string): readonly string[][] {
  const head = [...COLUMNS.map((column) => t(`statistics.column.${column}`)), t("statistics.remark")];
  return [
    head,
    ...rows.map((row) => [
      ...COLUMNS.map((column) => cell(row, column, t, language)),
      sentence(row, t, language),
    ]),
  ];
}
