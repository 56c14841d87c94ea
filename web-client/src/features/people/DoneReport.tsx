/**
 * After an import: counts, and the one-time codes of new accounts, which can be had this once.
 */
import { CircleCheck, Download, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportReport } from "../../protocol/generated";
import { Button } from "../../ui/Button";
import { csvOf } from "../../ui/csv";
import { ConfirmDialog } from "../../ui/Dialog";
import { saveText } from "../../ui/download";
import { Banner } from "../../ui/Notice";
import styles from "./PeoplePage.module.css";
import { Counts } from "./PlanReport";

export function DoneReport({ report, onAgain }: { report: ImportReport; onAgain: () => void }) {
  const { t } = useTranslation();
  const [wasSaved, setSaved] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const hasCodes = report.codes.length > 0;
  const save = () => {
    const head = (["user", "name", "unit", "code"] as const).map((name) => t(`import.column.${name}`));
    const rows = report.codes.map(({ user, name, unit, code }) => [user, name, unit, code]);
    saveText(t("import.codes_name"), csvOf([head, ...rows]), "text/csv");
    setSaved(true);
  };
  return (
    <div className={styles.stack}>
      <Banner kind="ok" icon={<CircleCheck size={20} aria-hidden />} isLive>
        {t("import.done")}
      </Banner>
      <Counts report={report} />
      {hasCodes ? (
        <Banner kind="warn" icon={<TriangleAlert size={20} aria-hidden />}>
          {t("import.codes_text", { count: report.codes.length })}
        </Banner>
      ) : null}
      <div className={styles.bar}>
        {hasCodes ? (
          <Button variant="primary" icon={<Download size={18} aria-hidden />} onPress={save}>
            {t("import.save_codes")}
          </Button>
        ) : null}
        <Button onPress={() => (hasCodes && !wasSaved ? setAsking(true) : onAgain())}>
          {t("import.other_file")}
        </Button>
      </div>
      <ConfirmDialog
        title={t("import.leave_title")}
        text={t("import.leave_text")}
        confirm={t("import.leave")}
        isOpen={isAsking}
        onConfirm={onAgain}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}
