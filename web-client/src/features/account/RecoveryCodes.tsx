/**
 * Recovery codes in the one moment in which they are shown: to read, to save, to confirm.
 *
 * They live with whoever renders this and are gone when it is left.
 */
import { Download, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { saveText } from "../../ui/download";
import { Banner } from "../../ui/Notice";
import styles from "./SecondFactor.module.css";

type RecoveryCodesProps = { lead: string; codes: readonly string[]; onDone: () => void };

export function RecoveryCodes({ lead, codes, onDone }: RecoveryCodesProps) {
  const { t } = useTranslation();
  const save = () => {
    const text = `${t("second_factor.file_title")}\r\n${codes.join("\r\n")}\r\n`;
    saveText(t("second_factor.file_name"), text, "text/plain");
  };
  return (
    <div className={styles.stack}>
      <Banner kind="warn" icon={<TriangleAlert size={20} aria-hidden />} isLive>
        {lead}
      </Banner>
      <ul className={styles.codes} aria-label={t("second_factor.recovery")}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={styles.buttons}>
        <Button icon={<Download size={18} aria-hidden />} onPress={save}>
          {t("second_factor.save")}
        </Button>
        <Button variant="primary" onPress={onDone}>
          {t("second_factor.saved")}
        </Button>
      </div>
    </div>
  );
}
