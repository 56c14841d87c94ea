/**
 * Setting up a second factor: password again, secret into the app, first code, recovery codes.
 *
 * The secret lives in this component only and is gone when it is left.
 */
import { useMutation } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { beginSecondFactor, confirmSecondFactor } from "../../protocol/account";
import type { SecondFactorBegun } from "../../protocol/generated";
import { Button } from "../../ui/Button";
import { Banner } from "../../ui/Notice";
import { httpSentence } from "../../ui/refusals";
import { TextField } from "../../ui/TextField";
import { PasswordAgain } from "./PasswordAgain";
import { RecoveryCodes } from "./RecoveryCodes";
import styles from "./SecondFactor.module.css";

type SetupProps = { onDone: () => void; onCancel?: (() => void) | undefined };

/** White modules around a QR code (ISO/IEC 18004 section 9.1). */
const QUIET = 4;

export function SecondFactorSetup({ onDone, onCancel }: SetupProps) {
  const { t } = useTranslation();
  const [begun, setBegun] = useState<SecondFactorBegun | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  if (codes) return <RecoveryCodes lead={t("second_factor.recovery_text")} codes={codes} onDone={onDone} />;
  if (begun) return <FirstCode begun={begun} onCodes={setCodes} onCancel={onCancel} />;
  return (
    <PasswordAgain
      text={t("second_factor.begin_text")}
      submit={t("second_factor.next")}
      send={beginSecondFactor}
      onDone={setBegun}
      onCancel={onCancel}
    />
  );
}

type FirstCodeProps = {
  begun: SecondFactorBegun;
  onCodes: (codes: string[]) => void;
  onCancel?: (() => void) | undefined;
};

function FirstCode({ begun, onCodes, onCancel }: FirstCodeProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const [wasSent, setSent] = useState(false);
  const confirm = useMutation({
    mutationFn: confirmSecondFactor,
    onSuccess: (answer) => onCodes(answer.codes),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (code.trim() !== "" && !confirm.isPending) confirm.mutate(code.trim());
  };
  const edge = begun.qr_size + 2 * QUIET;
  return (
    <form className={styles.stack} onSubmit={send} noValidate>
      <ol className={styles.steps}>
        <li>{t("second_factor.step_app")}</li>
        <li>{t("second_factor.step_scan")}</li>
        <li>{t("second_factor.step_code")}</li>
      </ol>
      <div className={styles.scan}>
        <svg
          className={styles.qr}
          viewBox={`${-QUIET} ${-QUIET} ${edge} ${edge}`}
          role="img"
          aria-label={t("second_factor.qr")}
          shapeRendering="crispEdges"
        >
          <rect x={-QUIET} y={-QUIET} width={edge} height={edge} className={styles.light} />
          <path d={begun.qr_path} className={styles.dark} />
        </svg>
        <div className={styles.secretBox}>
          <p className={styles.note}>{t("second_factor.secret")}</p>
          <p className={styles.secret}>{begun.secret}</p>
        </div>
      </div>
      {confirm.isError ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {httpSentence(confirm.error, t)}
        </Banner>
      ) : null}
      <div className={styles.narrow}>
        <TextField
          label={t("second_factor.code")}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={7}
          value={code}
          onChange={setCode}
          error={wasSent && code.trim() === "" ? t("second_factor.code_missing") : undefined}
          autoFocus
        />
      </div>
      <div className={styles.buttons}>
        <Button type="submit" variant="primary" isDisabled={confirm.isPending}>
          {t("second_factor.confirm")}
        </Button>
        {onCancel ? <Button onPress={onCancel}>{t("action.cancel")}</Button> : null}
      </div>
    </form>
  );
}
