/**
 * What each column means, for those who meet the words for the first time.
 */
import { useTranslation } from "react-i18next";
import { COLUMNS } from "./rows";
import styles from "./StatisticsPage.module.css";

export function Legend() {
  const { t } = useTranslation();
  return (
    <details className={styles.legend}>
      <summary className={styles.more}>{t("statistics.legend")}</summary>
      <dl className={styles.meanings}>
        {COLUMNS.map((column) => (
          <div key={column}>
            <dt>{t(`statistics.column.${column}`)}</dt>
            <dd>{t(`statistics.meaning.${column}`)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
