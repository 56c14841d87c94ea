/**
 * One web-hook: on or off, a test, its deliveries, and its end.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FlaskConical, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Webhook } from "../../protocol/generated";
import { changeWebhook, dropWebhook, testWebhook } from "../../protocol/webhooks";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/Dialog";
import { httpSentence } from "../../ui/refusals";
import { Switch } from "../../ui/Switch";
import { DeliveryLog } from "./DeliveryLog";
import { eventWords } from "./events";
import styles from "./WebhooksPage.module.css";

export function WebhookCard({ hook }: { hook: Webhook }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [isDropping, setDropping] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const done = { onSettled: () => queries.invalidateQueries({ queryKey: ["webhooks"] }) };
  const change = useMutation({
    mutationFn: (active: boolean) => changeWebhook(hook.id, { active }),
    ...done,
  });
  const drop = useMutation({ mutationFn: () => dropWebhook(hook.id), ...done });
  const test = useMutation({
    mutationFn: () => testWebhook(hook.id),
    onSuccess: () => setOpen(true),
    ...done,
  });
  const failure = change.error ?? drop.error ?? test.error;
  return (
    <section className={styles.card} aria-label={hook.url}>
      <div className={styles.head}>
        <div className={styles.words}>
          <h2 className={styles.url}>{hook.url}</h2>
          <p className={styles.muted}>{hook.events.map((event) => eventWords(event, t)).join(" · ")}</p>
        </div>
        <Switch isOn={hook.active} onChange={(active) => change.mutate(active)}>
          {t(hook.active ? "hooks.on" : "hooks.off")}
        </Switch>
      </div>
      {failure ? (
        <p className={styles.trouble} role="alert">
          {httpSentence(failure, t)}
        </p>
      ) : null}
      <div className={styles.actions}>
        <Button
          size="dense"
          icon={<FlaskConical size={16} aria-hidden />}
          isDisabled={test.isPending}
          onPress={() => test.mutate()}
        >
          {t("hooks.test")}
        </Button>
        <Button size="dense" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
          {t(isOpen ? "hooks.hide_log" : "hooks.log")}
        </Button>
        <Button
          size="dense"
          variant="danger-outline"
          icon={<Trash2 size={16} aria-hidden />}
          onPress={() => setDropping(true)}
        >
          {t("hooks.drop")}
        </Button>
      </div>
      {isOpen ? <DeliveryLog hook={hook.id} /> : null}
      <ConfirmDialog
        title={t("hooks.drop_title")}
        text={t("hooks.drop_text", { url: hook.url })}
        confirm={t("hooks.drop_confirm")}
        isOpen={isDropping}
        onConfirm={() => drop.mutate()}
        onClose={() => setDropping(false)}
      />
    </section>
  );
}
