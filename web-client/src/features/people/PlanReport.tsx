/**
 * What a file would change: counts, refused rows first, then the rows that change something.
 */
import { Download, Info } from "lucide-react";
import { useTranslation } from "react-i18next";
import { written } from "../../i18n/format";
import type { ImportReport, Line } from "../../protocol/generated";
import { Badge, type BadgeKind } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { csvOf } from "../../ui/csv";
import { saveText } from "../../ui/download";
import { Banner } from "../../ui/Notice";
import { rowSentence } from "./import-sentence";
import styles from "./PeoplePage.module.css";

/** Rows on screen; the file of refused rows holds them all. */
const SHOWN = 200;
const KINDS: Record<Line["outcome"], BadgeKind> = {
  added: "ok",
  changed: "info",
  unchanged: "neutral",
  refused: "danger",
};

type PlanReportProps = {
  fileName: string;
  report: ImportReport;
  isBusy: boolean;
  onApply: () => void;
  onAgain: () => void;
};

export function PlanReport({ fileName, report, isBusy, onApply, onAgain }: PlanReportProps) {
  const { t } = useTranslation();
  const refused = report.lines.filter((line) => line.outcome === "refused");
  const others = report.lines.filter((line) => line.outcome !== "refused");
  const shown = [...refused, ...others].slice(0, SHOWN);
  const changes = report.added + report.changed;
  const saveRefused = () => {
    const head = (["line", "key", "name", "reason"] as const).map((name) => t(`import.column.${name}`));
    const rows = refused.map((line) => [String(line.line), line.key, line.name, rowSentence(line, t)]);
    saveText(t("import.refused_name"), csvOf([head, ...rows]), "text/csv");
  };
  return (
    <div className={styles.stack}>
      <p className={styles.lead}>{t("import.plan_lead", { file: fileName })}</p>
      <Counts report={report} />
      {report.ignored_columns.length > 0 ? (
        <Banner kind="info" icon={<Info size={20} aria-hidden />}>
          {t("import.ignored", { columns: report.ignored_columns.join(", ") })}
        </Banner>
      ) : null}
      {shown.length > 0 ? <Lines lines={shown} /> : <p>{t("import.nothing_new")}</p>}
      {report.added + report.changed + report.refused > shown.length ? (
        <p className={styles.note}>{t("import.more_rows", { shown: shown.length })}</p>
      ) : null}
      <div className={styles.bar}>
        <Button variant="primary" isDisabled={isBusy || changes === 0} onPress={onApply}>
          {isBusy ? t("import.applying") : t("import.apply", { count: changes })}
        </Button>
        {refused.length > 0 ? (
          <Button icon={<Download size={18} aria-hidden />} onPress={saveRefused} isDisabled={isBusy}>
            {t("import.save_refused")}
          </Button>
        ) : null}
        <Button onPress={onAgain} isDisabled={isBusy}>
          {t("import.other_file")}
        </Button>
        {isBusy ? <progress className={styles.progress} aria-label={t("import.applying")} /> : null}
      </div>
    </div>
  );
}

export function Counts({ report }: { report: ImportReport }) {
  const { t, i18n } = useTranslation();
  return (
    <dl className={styles.counts}>
      {(["added", "changed", "unchanged", "refused"] as const).map((outcome) => (
        <div key={outcome} className={styles.count} data-outcome={report[outcome] > 0 ? outcome : undefined}>
          <dt>{t(`import.outcome.${outcome}`)}</dt>
          <dd>{written(report[outcome], 0, i18n.language)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Lines({ lines }: { lines: Line[] }) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y: a box that scrolls must be reachable by keys, and a region has a name
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("import.rows")}>
      <table className={styles.table}>
        <thead>
          <tr>
            {(["line", "key", "name", "outcome", "reason"] as const).map((name) => (
              <th key={name} scope="col">
                {t(`import.column.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.line}>
              <td>{line.line}</td>
              <td>{line.key}</td>
              <td>{line.name}</td>
              <td>
                <Badge kind={KINDS[line.outcome]}>{t(`import.outcome.${line.outcome}`)}</Badge>
              </td>
              <td>{rowSentence(line, t)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
