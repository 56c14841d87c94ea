/**
 * How many connections are well, as buttons that show those alone.
 */
import { Button } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { GRADES, type Grade } from "./quality";
import styles from "./StatisticsPage.module.css";

type GradeFilterProps = {
  counts: Record<Grade, number>;
  total: number;
  grade: Grade | null;
  onChoose: (grade: Grade | null) => void;
};

export function GradeFilter({ counts, total, grade, onChoose }: GradeFilterProps) {
  const { t } = useTranslation();
  const entries = [null, ...GRADES] as const;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form, which this is not
    <div className={styles.grades} role="group" aria-label={t("statistics.filter")}>
      {entries.map((one) => (
        <Button
          key={one ?? "all"}
          className={styles.grade ?? ""}
          data-grade={one ?? undefined}
          data-chosen={one === grade || undefined}
          aria-pressed={one === grade}
          onPress={() => onChoose(one)}
        >
          <span>{t(one === null ? "statistics.all" : `statistics.grade.${one}`)}</span>{" "}
          <span className={styles.count}>{one === null ? total : counts[one]}</span>
        </Button>
      ))}
    </div>
  );
}
