/**
 * The second step of a sign-in: the code of the authenticator app, or a recovery code.
 */
import { ShieldCheck } from "lucide-react";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { Banner } from "../../ui/Notice";
import { TextField } from "../../ui/TextField";
import styles from "./LoginForm.module.css";

/** Letters of a recovery code with its hyphen, and room for spaces. */
const CODE_LIMIT = 14;

type CodeStepProps = {
  code: string;
  error: string | undefined;
  isSending: boolean;
  onChange: (code: string) => void;
  onSubmit: (event: FormEvent) => void;
  onBack: () => void;
  children: ReactNode;
};

export function CodeStep({ code, error, isSending, onChange, onSubmit, onBack, children }: CodeStepProps) {
  const { t } = useTranslation();
  return (
    <form className={styles.form} onSubmit={onSubmit} noValidate>
      {children ?? (
        <Banner kind="info" icon={<ShieldCheck size={20} aria-hidden />} isLive>
          {t("login.code_text")}
        </Banner>
      )}
      <TextField
        label={t("login.code")}
        help={t("login.code_help")}
        size="large"
        name="code"
        inputMode="text"
        autoComplete="one-time-code"
        maxLength={CODE_LIMIT}
        value={code}
        onChange={onChange}
        error={error}
        autoFocus
      />
      <Button type="submit" variant="primary" size="large" isWide isDisabled={isSending}>
        {t(isSending ? "login.submitting" : "login.submit")}
      </Button>
      <Button variant="quiet" size="large" isWide onPress={onBack}>
        {t("login.other_user")}
      </Button>
    </form>
  );
}
