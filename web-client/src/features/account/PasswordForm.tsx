/**
 * Sets another password; shows the rules while it is typed and what the server says to it.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, CircleAlert, CircleCheck, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { changePassword } from "../../protocol/account";
import type { PasswordRule, Profile } from "../../protocol/generated";
import { HttpError } from "../../protocol/http";
import { Button } from "../../ui/Button";
import { Banner } from "../../ui/Notice";
import { httpSentence } from "../../ui/refusals";
import { SESSION_KEY } from "../../ui/session";
import { TextField } from "../../ui/TextField";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import styles from "./PasswordForm.module.css";
import { type RuleState, ruleStates } from "./password-rules";

export function PasswordForm({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const form = usePasswordForm(profile);
  return (
    <form className={styles.form} onSubmit={form.send} noValidate>
      {form.change.isError ? <PasswordFailure thrown={form.change.error} /> : null}
      {form.change.isSuccess ? (
        <Banner kind="ok" icon={<CircleCheck size={20} aria-hidden />} isLive>
          {t("account.password_changed")}
        </Banner>
      ) : null}
      {/* For password managers: whose password this is. */}
      <input
        className={styles.hidden}
        type="text"
        autoComplete="username"
        value={profile.person.user}
        readOnly
        hidden
      />
      {form.needsCurrent ? (
        <TextField
          label={t("account.current")}
          type="password"
          autoComplete="current-password"
          value={form.current}
          onChange={form.setCurrent}
          error={form.wasSent && form.current === "" ? t("login.password_missing") : undefined}
        />
      ) : null}
      <TextField
        label={t("account.new")}
        type="password"
        autoComplete="new-password"
        value={form.next}
        onChange={form.setNext}
        error={form.wasSent && form.hasBroken ? t("account.rules_broken") : undefined}
      />
      <Rules states={form.states} least={profile.password_least} isTyped={form.next !== ""} />
      <TextField
        label={t("account.again")}
        type="password"
        autoComplete="new-password"
        value={form.again}
        onChange={form.setAgain}
        error={form.wasSent && form.again !== form.next ? t("account.differ") : undefined}
      />
      <div>
        <Button type="submit" variant="primary" isDisabled={form.change.isPending}>
          {t(form.change.isPending ? "account.saving" : "account.change")}
        </Button>
      </div>
    </form>
  );
}

function usePasswordForm(profile: Profile) {
  const queries = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [wasSent, setSent] = useState(false);
  const needsCurrent = profile.person.duty !== "set_password";
  const states = ruleStates(next, profile.person.user, profile.password_least);
  const hasBroken = states.some((state) => !state.isKept);
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      for (const set of [setCurrent, setNext, setAgain]) set("");
      setSent(false);
      void queries.invalidateQueries({ queryKey: SESSION_KEY });
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    const isGood = !hasBroken && next === again && (current !== "" || !needsCurrent);
    if (isGood && !change.isPending) change.mutate({ current, new: next });
  };
  return {
    current,
    setCurrent,
    next,
    setNext,
    again,
    setAgain,
    wasSent,
    needsCurrent,
    states,
    hasBroken,
    change,
    send,
  };
}

function Rules({ states, least, isTyped }: { states: RuleState[]; least: number; isTyped: boolean }) {
  const { t } = useTranslation();
  return (
    <ul className={styles.rules} aria-label={t("account.rules")}>
      {states.map(({ rule, isKept }) => (
        <li key={rule} className={isKept ? styles.kept : isTyped ? styles.broken : styles.open}>
          {isKept ? <Check size={16} aria-hidden /> : <X size={16} aria-hidden />}
          <span>{t(`password_rule.${rule}`, { least })}</span>
          <VisuallyHidden>{t(isKept ? "account.rule_kept" : "account.rule_open")}</VisuallyHidden>
        </li>
      ))}
      <li className={styles.open}>
        <span className={styles.dot} aria-hidden />
        <span>{t("password_rule.reused")}</span>
      </li>
    </ul>
  );
}

function PasswordFailure({ thrown }: { thrown: unknown }) {
  const { t } = useTranslation();
  const refusal = thrown instanceof HttpError ? thrown.refusal : null;
  const rules: PasswordRule[] = refusal?.error === "weak_password" ? refusal.rules : [];
  const least = refusal?.error === "weak_password" ? refusal.least : 0;
  const sentence =
    refusal?.error === "wrong_credentials" ? t("account.current_wrong") : httpSentence(thrown, t);
  return (
    <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
      {rules.length === 0 ? sentence : null}
      {rules.map((rule) => (
        <p key={rule}>{t(`password_rule.${rule}`, { least })}</p>
      ))}
    </Banner>
  );
}
