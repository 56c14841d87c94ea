/**
 * The sheets of a meeting as files: results of the roll call, who was there; each in three formats.
 *
 * Used by the roll call and by the page of the end report.
 */
import { FileDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConferenceId } from "../protocol/generated";
import { type Report, type ReportFormat, reportFile } from "../protocol/reports";
import { Button } from "./Button";
import { saveFile } from "./download";
import { Menu } from "./Menu";
import { httpSentence } from "./refusals";
import styles from "./SheetMenu.module.css";

const REPORTS: readonly Report[] = ["roll-call", "attendance", "end"];
const FORMATS: readonly ReportFormat[] = ["pdf", "xlsx", "csv"];

export function SheetMenu({ conference }: { conference: ConferenceId }) {
  const { t } = useTranslation();
  const [trouble, setTrouble] = useState<unknown>(null);
  const fetchSheet = async (report: Report, format: ReportFormat) => {
    setTrouble(null);
    try {
      const file = await reportFile(conference, report, format);
      saveFile(`${t(`sheet.${report}_file`, { conference })}.${format}`, file);
    } catch (thrown) {
      setTrouble(thrown);
    }
  };
  const groups = REPORTS.map((report) => ({
    id: report,
    title: t(`sheet.${report}`),
    entries: FORMATS.map((format) => ({
      id: `${report}.${format}`,
      label: t(`roll.sheet_${format}`),
      icon: <FileDown size={18} aria-hidden />,
      onAction: () => void fetchSheet(report, format),
    })),
  }));
  return (
    <>
      {trouble === null ? null : (
        <span className={styles.trouble} role="alert">
          {httpSentence(trouble, t)}
        </span>
      )}
      <Menu label={t("roll.sheet")} groups={groups}>
        <Button size="dense" icon={<FileDown size={16} aria-hidden />}>
          {t("roll.sheet")}
        </Button>
      </Menu>
    </>
  );
}
