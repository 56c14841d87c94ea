/**
 * How much each media shard of the server has to do, for administrators and duty operators.
 */
import { useTranslation } from "react-i18next";
import { written } from "../../i18n/format";
import type { ShardStatistics } from "../../protocol/generated";
import { useLanguage } from "../../ui/language";
import { megabits } from "./cells";
import styles from "./StatisticsPage.module.css";

/** Share of a core from which packets begin to wait. */
const BUSY = 0.7;

const COLUMNS = [
  "cpu",
  "legs",
  "conferences",
  "packets_in",
  "packets_out",
  "in",
  "out",
  "relayed",
  "waiting",
  "ring",
  "turn",
  "dropped",
] as const;

export function ShardTable({ shards }: { shards: readonly ShardStatistics[] }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const busy = shards.filter((shard) => shard.cpu >= BUSY).map((shard) => shard.shard);
  return (
    <div className={styles.stack}>
      <h2 className={styles.heading}>{t("statistics.shards")}</h2>
      <p className={styles.note}>
        {busy.length > 0
          ? t("statistics.shards_busy", { shards: busy.join(", ") })
          : t(shards.length > 0 ? "statistics.shards_calm" : "statistics.shards_none")}
      </p>
      {shards.length > 0 ? (
        // biome-ignore lint/a11y: a box that scrolls must be reachable by keys, and a region has a name
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("statistics.shards")}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col" data-words>
                  {t("statistics.shard.number")}
                </th>
                {COLUMNS.map((column) => (
                  <th key={column} scope="col">
                    {t(`statistics.shard.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shards.map((shard) => (
                <tr key={shard.shard} data-busy={shard.cpu >= BUSY || undefined}>
                  <th scope="row">{shard.shard}</th>
                  {figures(shard, language).map((figure, at) => (
                    <td key={COLUMNS[at]}>{figure}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}

/** In the order of the columns. */
function figures(shard: ShardStatistics, language: string): readonly string[] {
  const whole = (value: number) => written(value, 0, language);
  return [
    whole(shard.cpu * 100),
    whole(shard.legs),
    whole(shard.conferences),
    whole(shard.received_pps),
    whole(shard.sent_pps),
    megabits(shard.received_bps, language),
    megabits(shard.sent_bps, language),
    whole(shard.relayed_pps),
    whole(shard.waiting_packets),
    whole(shard.ring_packets),
    written(shard.longest_turn_us / 1000, 1, language),
    whole(shard.dropped_pps),
  ];
}
