/**
 * Adds a web-hook, then shows its secret this once.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, CircleAlert, Copy, KeyRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { HookEvent } from "../../protocol/generated";
import { addWebhook } from "../../protocol/webhooks";
import { Button } from "../../ui/Button";
import { useCopy } from "../../ui/copy";
import { Dialog } from "../../ui/Dialog";
import { Banner } from "../../ui/Notice";
import { httpSentence } from "../../ui/refusals";
import { Switch } from "../../ui/Switch";
import { TextField } from "../../ui/TextField";
import { EVENTS, eventWords } from "./events";
import styles from "./WebhooksPage.module.css";

const FORM_ID = "add-webhook";

export function AddWebhook({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<readonly HookEvent[]>(EVENTS);
  const [wasSent, setSent] = useState(false);
  const add = useMutation({
    mutationFn: () => addWebhook({ url: url.trim(), events: [...events] }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
  const isWrong = !/^https?:\/\/\S+$/u.test(url.trim());
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (!isWrong && events.length > 0 && !add.isPending) add.mutate();
  };
  const choose = (one: HookEvent, isOn: boolean) =>
    setEvents(EVENTS.filter((event) => (event === one ? isOn : events.includes(event))));
  if (add.data) return <Secret secret={add.data.secret} onClose={onClose} />;
  return (
    <Dialog
      title={t("hooks.add")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" form={FORM_ID} variant="primary" isDisabled={add.isPending}>
            {t("hooks.add_confirm")}
          </Button>
        </>
      }
    >
      <form id={FORM_ID} className={styles.form} onSubmit={send} noValidate>
        {add.isError ? (
          <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
            {httpSentence(add.error, t)}
          </Banner>
        ) : null}
        <TextField
          label={t("hooks.url")}
          help={t("hooks.url_help")}
          type="url"
          value={url}
          onChange={setUrl}
          maxLength={500}
          error={wasSent && isWrong ? t("hooks.url_wrong") : undefined}
          autoFocus
        />
        <fieldset className={styles.events}>
          <legend className={styles.label}>{t("hooks.events")}</legend>
          {EVENTS.map((one) => (
            <Switch key={one} isOn={events.includes(one)} onChange={(isOn) => choose(one, isOn)}>
              {eventWords(one, t)}
            </Switch>
          ))}
        </fieldset>
        {wasSent && events.length === 0 ? (
          <p className={styles.trouble} role="alert">
            {t("hooks.events_missing")}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { isCopied, copy } = useCopy(secret);
  return (
    <Dialog
      title={t("hooks.secret_title")}
      isOpen
      role="alertdialog"
      onClose={onClose}
      actions={
        <>
          <Button
            icon={isCopied ? <Check size={18} aria-hidden /> : <Copy size={18} aria-hidden />}
            onPress={copy}
          >
            {t(isCopied ? "hooks.copied" : "hooks.copy")}
          </Button>
          <Button variant="primary" onPress={onClose}>
            {t("hooks.secret_kept")}
          </Button>
        </>
      }
    >
      <Banner kind="warn" icon={<KeyRound size={20} aria-hidden />}>
        {t("hooks.secret_text")}
      </Banner>
      <TextField label={t("hooks.secret")} value={secret} isReadOnly autoFocus />
    </Dialog>
  );
}
