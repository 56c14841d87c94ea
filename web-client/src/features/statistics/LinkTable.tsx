/**
 * One row for each participant, with heads that sort. For screens wide enough for a table.
 */
import { ArrowDown, ArrowUp } from "lucide-react";
import { Button } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../../ui/language";
import { cell, sentence } from "./cells";
import { QualityBadge } from "./QualityBadge";
import { COLUMNS, type Column, type Order, type Row } from "./rows";
import styles from "./StatisticsPage.module.css";

type LinkTableProps = { rows: readonly Row[]; order: Order; onSort: (column: Column) => void };

/** What stands in words, at the left of its cell. */
const WORDS: readonly Column[] = ["sent", "shown", "way"];

export function LinkTable({ rows, order, onSort }: LinkTableProps) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  return (
    // biome-ignore lint/a11y: a box that scrolls must be reachable by keys, and a region has a name
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("statistics.rows")}>
      <table className={styles.table}>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <Head key={column} column={column} order={order} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.participant}>
              <th scope="row">
                <span className={styles.name}>{row.name}</span>
                <span className={styles.unit}>{row.unit || t(`role.${row.role}`)}</span>
              </th>
              <td className={styles.quality}>
                <QualityBadge grade={row.quality.grade} />
                {row.quality.grade === "good" ? null : (
                  <span className={styles.sentence}>{sentence(row, t, language)}</span>
                )}
              </td>
              {COLUMNS.slice(2).map((column) => (
                <td key={column} data-words={WORDS.includes(column) || undefined}>
                  {cell(row, column, t, language)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type HeadProps = { column: Column; order: Order; onSort: (column: Column) => void };

function Head({ column, order, onSort }: HeadProps) {
  const { t } = useTranslation();
  const isSorted = order.column === column;
  const Arrow = order.isDescending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={isSorted ? (order.isDescending ? "descending" : "ascending") : undefined}
      data-words={WORDS.includes(column) || column === "name" || column === "quality" || undefined}
    >
      <Button className={styles.sort ?? ""} onPress={() => onSort(column)}>
        <span>{t(`statistics.column.${column}`)}</span>
        {isSorted ? <Arrow size={14} aria-hidden /> : null}
      </Button>
    </th>
  );
}
