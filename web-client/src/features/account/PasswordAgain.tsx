/**
 * Asks for the password once more before something that an unattended screen must not do.
 */
import { useMutation } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { HttpError } from "../../protocol/http";
import { Button } from "../../ui/Button";
import { Banner } from "../../ui/Notice";
import { httpSentence } from "../../ui/refusals";
import { TextField } from "../../ui/TextField";
import styles from "./SecondFactor.module.css";

type PasswordAgainProps<T> = {
  text: string;
  submit: string;
  send: (password: string) => Promise<T>;
  onDone: (answer: T) => void;
  onCancel?: (() => void) | undefined;
};

export function PasswordAgain<T>({ text, submit, send, onDone, onCancel }: PasswordAgainProps<T>) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const [wasSent, setSent] = useState(false);
  const question = useMutation({ mutationFn: send, onSuccess: onDone });
  const ask = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (password !== "" && !question.isPending) question.mutate(password);
  };
  const isWrong = question.error instanceof HttpError && question.error.refusal.error === "wrong_credentials";
  return (
    <form className={styles.stack} onSubmit={ask} noValidate>
      <p>{text}</p>
      {question.isError ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {isWrong ? t("account.current_wrong") : httpSentence(question.error, t)}
        </Banner>
      ) : null}
      <div className={styles.narrow}>
        <TextField
          label={t("account.current")}
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          error={wasSent && password === "" ? t("login.password_missing") : undefined}
        />
      </div>
      <div className={styles.buttons}>
        <Button type="submit" variant="primary" isDisabled={question.isPending}>
          {submit}
        </Button>
        {onCancel ? <Button onPress={onCancel}>{t("action.cancel")}</Button> : null}
      </div>
    </form>
  );
}
