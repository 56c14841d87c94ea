/**
 * One card for each participant, with what matters first and the rest behind "more". For phones.
 */
import { ArrowDownUp } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../ui/IconButton";
import { useLanguage } from "../../ui/language";
import { Select } from "../../ui/Select";
import { cell, sentence } from "./cells";
import { QualityBadge } from "./QualityBadge";
import { COLUMNS, type Column, type Order, pressed, type Row } from "./rows";
import styles from "./StatisticsPage.module.css";

const FIRST: readonly Column[] = ["up", "down", "loss_up", "loss_down", "rtt", "estimate"];
const REST: readonly Column[] = COLUMNS.slice(2).filter((column) => !FIRST.includes(column));

type LinkCardsProps = { rows: readonly Row[]; order: Order; onOrder: (order: Order) => void };

export function LinkCards({ rows, order, onOrder }: LinkCardsProps) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  return (
    <>
      <Select
        label={t("statistics.sort_by")}
        options={COLUMNS.map((column) => ({ id: column, label: t(`statistics.column.${column}`) }))}
        value={order.column}
        placeholder=""
        onChange={(column) => onOrder(pressed({ column: "way", isDescending: false }, column as Column))}
        action={
          <IconButton
            label={t("statistics.turn_order")}
            onPress={() => onOrder(pressed(order, order.column))}
          >
            <ArrowDownUp size={18} aria-hidden />
          </IconButton>
        }
      />
      <ul className={styles.cards}>
        {rows.map((row) => (
          <li key={row.participant} className={styles.card}>
            <div className={styles.cardHead}>
              <h2 className={styles.cardName}>{row.name}</h2>
              <QualityBadge grade={row.quality.grade} />
            </div>
            <p className={styles.unit}>{row.unit || t(`role.${row.role}`)}</p>
            <p className={styles.sentence}>{sentence(row, t, language)}</p>
            {row.link === null ? null : (
              <>
                <Figures row={row} columns={FIRST} />
                <details>
                  <summary className={styles.more}>{t("statistics.more_figures")}</summary>
                  <Figures row={row} columns={REST} />
                </details>
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Figures({ row, columns }: { row: Row; columns: readonly Column[] }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  return (
    <dl className={styles.figures}>
      {columns.map((column) => (
        <div key={column}>
          <dt>{t(`statistics.column.${column}`)}</dt>
          <dd>{cell(row, column, t, language)}</dd>
        </div>
      ))}
    </dl>
  );
}
