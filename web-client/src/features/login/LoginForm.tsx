/**
 * User name, password and what the server says to them.
 */
import { CircleAlert, LockKeyhole, WifiOff } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Person } from "../../protocol/generated";
import { HttpError, login } from "../../protocol/http";
import { Button } from "../../ui/Button";
import { Banner } from "../../ui/Notice";
import { httpSentence } from "../../ui/refusals";
import { TextField } from "../../ui/TextField";
import { CodeStep } from "./CodeStep";
import { LockNotice } from "./LockNotice";
import styles from "./LoginForm.module.css";

type LoginFormProps = { onEnter: (person: Person) => void };

export function LoginForm({ onEnter }: LoginFormProps) {
  const { t } = useTranslation();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const [isSending, setSending] = useState(false);
  const [wasSent, setSent] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const userError = wasSent && user.trim() === "" ? t("login.user_missing") : undefined;
  const passwordError = wasSent && password === "" ? t("login.password_missing") : undefined;

  const refuse = (thrown: unknown) => {
    // The password was right: the second step, not an error.
    const isStep = thrown instanceof HttpError && thrown.refusal.error === "code_needed" && !asksCode;
    if (isStep) {
      setAsksCode(true);
      setSent(false);
    } else {
      setFailure(thrown);
      setCode("");
    }
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    setFailure(null);
    const isFilled = user.trim() !== "" && password !== "" && (!asksCode || code.trim() !== "");
    if (!isFilled || isSending) return;
    setSending(true);
    login({ user: user.trim(), password, ...(asksCode ? { code: code.trim() } : {}) })
      .then(onEnter, refuse)
      .finally(() => setSending(false));
  };
  if (asksCode) {
    return (
      <CodeStep
        code={code}
        onChange={setCode}
        error={wasSent && code.trim() === "" ? t("login.code_missing") : undefined}
        isSending={isSending}
        onSubmit={send}
        onBack={() => {
          setAsksCode(false);
          setPassword("");
          setFailure(null);
          setSent(false);
        }}
      >
        {failure ? <LoginFailure failure={failure} onOver={() => setFailure(null)} /> : null}
      </CodeStep>
    );
  }

  return (
    <form className={styles.form} onSubmit={send} noValidate>
      {failure ? <LoginFailure failure={failure} onOver={() => setFailure(null)} /> : null}
      <TextField
        label={t("login.user")}
        size="large"
        name="user"
        autoComplete="username"
        value={user}
        onChange={setUser}
        error={userError}
        autoFocus
      />
      <TextField
        label={t("login.password")}
        size="large"
        name="password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        error={passwordError}
      />
      <Button type="submit" variant="primary" size="large" isWide isDisabled={isSending}>
        {t(isSending ? "login.submitting" : "login.submit")}
      </Button>
    </form>
  );
}

function LoginFailure({ failure, onOver }: { failure: unknown; onOver: () => void }) {
  const { t } = useTranslation();
  const refusal = failure instanceof HttpError ? failure.refusal : null;
  if (refusal?.error === "account_locked") {
    return <LockNotice key={refusal.retry_s} seconds={refusal.retry_s} onOver={onOver} />;
  }
  const icon =
    refusal?.error === "unreachable" ? (
      <WifiOff size={20} aria-hidden />
    ) : refusal?.error === "not_allowed" ? (
      <LockKeyhole size={20} aria-hidden />
    ) : (
      <CircleAlert size={20} aria-hidden />
    );
  return (
    <Banner kind="danger" icon={icon} isLive>
      {httpSentence(failure, t)}
    </Banner>
  );
}
