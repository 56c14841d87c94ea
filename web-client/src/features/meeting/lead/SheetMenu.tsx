/**
 * The result sheet of the roll call as a file, in three formats.
 */
import { FileDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ReportFormat, rollCallSheet } from "../../../protocol/reports";
import { Button } from "../../../ui/Button";
import { saveFile } from "../../../ui/download";
import { Menu } from "../../../ui/Menu";
import { httpSentence } from "../../../ui/refusals";
import { useMeeting } from "../meeting-context";
import styles from "./SheetMenu.module.css";

const FORMATS: readonly ReportFormat[] = ["pdf", "xlsx", "csv"];

export function SheetMenu() {
  const { t } = useTranslation();
  const { conference } = useMeeting();
  const [trouble, setTrouble] = useState<unknown>(null);
  const fetchSheet = async (format: ReportFormat) => {
    setTrouble(null);
    try {
      saveFile(`${t("roll.file", { conference })}.${format}`, await rollCallSheet(conference, format));
    } catch (thrown) {
      setTrouble(thrown);
    }
  };
  const entries = FORMATS.map((format) => ({
    id: format,
    label: t(`roll.sheet_${format}`),
    icon: <FileDown size={18} aria-hidden />,
    onAction: () => void fetchSheet(format),
  }));
  return (
    <>
      {trouble === null ? null : (
        <span className={styles.trouble} role="alert">
          {httpSentence(trouble, t)}
        </span>
      )}
      <Menu label={t("roll.sheet")} groups={[{ id: "sheet", entries }]}>
        <Button size="dense" icon={<FileDown size={16} aria-hidden />}>
          {t("roll.sheet")}
        </Button>
      </Menu>
    </>
  );
}
