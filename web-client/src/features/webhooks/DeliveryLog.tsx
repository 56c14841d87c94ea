/**
 * What became of each delivery of a web-hook, newest first; one that failed can be sent again.
 */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { clockTime, shortDay } from "../../i18n/format";
import type { Delivery } from "../../protocol/generated";
import { deliveries, retryDelivery } from "../../protocol/webhooks";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { httpSentence } from "../../ui/refusals";
import { eventWords } from "./events";
import styles from "./WebhooksPage.module.css";

/** How often the deliveries are asked for anew while they are open, in ms. */
const REFRESH_MS = 5_000;

export function DeliveryLog({ hook }: { hook: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const key = ["webhooks", hook, "deliveries"];
  const log = useQuery({ queryKey: key, queryFn: () => deliveries(hook), refetchInterval: REFRESH_MS });
  const retry = useMutation({
    mutationFn: (id: string) => retryDelivery(hook, id),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  if (log.isPending) {
    return (
      <p className={styles.muted} role="status">
        {t("app.loading")}
      </p>
    );
  }
  if (log.isError) {
    return (
      <p className={styles.trouble} role="alert">
        {httpSentence(log.error, t)}
      </p>
    );
  }
  if (log.data.length === 0) return <p className={styles.muted}>{t("hooks.log_none")}</p>;
  return (
    <ul className={styles.log} aria-label={t("hooks.log")}>
      {log.data.map((one) => (
        <Line key={one.id} delivery={one} onRetry={() => retry.mutate(one.id)} />
      ))}
    </ul>
  );
}

function Line({ delivery, onRetry }: { delivery: Delivery; onRetry: () => void }) {
  const { t } = useTranslation();
  const isBad = delivery.state === "refused" || delivery.state === "given_up";
  const facts = [
    `${clockTime(delivery.at_ms)} ${shortDay(delivery.at_ms)}`,
    delivery.said,
    t("hooks.attempts", { count: delivery.attempts }),
    delivery.next_ms === undefined ? "" : t("hooks.next", { time: clockTime(delivery.next_ms) }),
  ];
  return (
    <li className={styles.line}>
      <Badge kind={delivery.state === "sent" ? "ok" : isBad ? "danger" : "warn"}>
        {t(`hooks.state_${delivery.state}`)}
      </Badge>
      <span className={styles.words}>
        <span>{eventWords(delivery.event, t)}</span>
        <small className={styles.muted}>{facts.filter(Boolean).join(" · ")}</small>
      </span>
      {isBad ? (
        <Button size="dense" icon={<RotateCcw size={16} aria-hidden />} onPress={onRetry}>
          {t("hooks.retry")}
        </Button>
      ) : null}
    </li>
  );
}
