/**
 * Choosing the CSV file: what it must hold, and two samples to begin with.
 */
import { Download, FileUp } from "lucide-react";
import type { DragEvent } from "react";
import { FileTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { saveText } from "../../ui/download";
import styles from "./PeoplePage.module.css";

type ChooseFileProps = { isUnit: boolean; isBusy: boolean; onChoose: (file: File) => void };

export function ChooseFile({ isUnit, isBusy, onChoose }: ChooseFileProps) {
  const { t } = useTranslation();
  const drop = (event: DragEvent) => {
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (file && !isBusy) onChoose(file);
  };
  return (
    <div className={styles.stack}>
      <p className={styles.lead}>{t(isUnit ? "import.lead_unit" : "import.lead")}</p>
      {/* Dropping is a shortcut of the mouse; the button does the same for everybody. */}
      <section
        className={styles.drop}
        aria-label={t("import.choose")}
        onDragOver={(event) => event.preventDefault()}
        onDrop={drop}
      >
        <FileUp size={32} aria-hidden className={styles.picture} />
        <p>{t("import.drop")}</p>
        <FileTrigger
          acceptedFileTypes={[".csv", "text/csv", ".txt"]}
          onSelect={(files) => {
            const file = files?.[0];
            if (file) onChoose(file);
          }}
        >
          <Button variant="primary" isDisabled={isBusy}>
            {t(isBusy ? "import.reading" : "import.choose")}
          </Button>
        </FileTrigger>
        <p className={styles.note}>{t("import.limits")}</p>
      </section>
      <section className={styles.card}>
        <h2 className={styles.heading}>{t("import.columns")}</h2>
        <ul className={styles.columns}>
          <li>{t("import.columns_people")}</li>
          {isUnit ? null : <li>{t("import.columns_units")}</li>}
          <li>{t("import.columns_more")}</li>
        </ul>
        <div className={styles.buttons}>
          <Button
            icon={<Download size={18} aria-hidden />}
            onPress={() => saveText(t("import.sample_people_name"), t("import.sample_people"), "text/csv")}
          >
            {t("import.sample_people_button")}
          </Button>
          {isUnit ? null : (
            <Button
              icon={<Download size={18} aria-hidden />}
              onPress={() => saveText(t("import.sample_units_name"), t("import.sample_units"), "text/csv")}
            >
              {t("import.sample_units_button")}
            </Button>
          )}
        </div>
      </section>
    </div>
  );
}
