/**
 * Programs that are told of meetings: where, of what, and what became of each delivery. For administrators;
 * the server decides, this page shows.
 */
import { useQuery } from "@tanstack/react-query";
import { CloudOff, Plus, Webhook as WebhookSign } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Redirect } from "wouter";
import { webhooks } from "../../protocol/webhooks";
import { loginPath, WEBHOOKS } from "../../routes";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { NotForYou } from "../../ui/NotForYou";
import { PageFrame, PageSkeleton } from "../../ui/PageFrame";
import { httpCode, httpSentence } from "../../ui/refusals";
import { SessionWait } from "../../ui/SessionWait";
import { useSession } from "../../ui/session";
import { AddWebhook } from "./AddWebhook";
import { WebhookCard } from "./WebhookCard";
import styles from "./WebhooksPage.module.css";

export function WebhooksPage() {
  const { t } = useTranslation();
  const session = useSession();
  const person = session.data ?? null;
  if (!session.isPending && !session.isError && !person) return <Redirect to={loginPath(WEBHOOKS)} replace />;
  if (person !== null && person.role !== "administrator") {
    return (
      <NotForYou
        page={t("hooks.title")}
        title={t("hooks.not_allowed_title")}
        text={t("hooks.not_allowed_text")}
      />
    );
  }
  return (
    <PageFrame title={t("hooks.title")} lead={t("hooks.lead")}>
      {person === null ? <SessionWait /> : <List />}
    </PageFrame>
  );
}

function List() {
  const { t } = useTranslation();
  const [isAdding, setAdding] = useState(false);
  const list = useQuery({ queryKey: ["webhooks"], queryFn: webhooks });
  const add = (
    <Button variant="primary" icon={<Plus size={18} aria-hidden />} onPress={() => setAdding(true)}>
      {t("hooks.add")}
    </Button>
  );
  return (
    <>
      {list.isPending ? (
        <PageSkeleton />
      ) : list.isError ? (
        <EmptyState
          icon={<CloudOff size={28} />}
          title={t("hooks.failed_title")}
          text={`${httpSentence(list.error, t)} ${t("lobby.code", { code: httpCode(list.error) })}`}
          action={<Button onPress={() => void list.refetch()}>{t("action.retry")}</Button>}
        />
      ) : list.data.length === 0 ? (
        <div className={styles.card}>
          <EmptyState
            icon={<WebhookSign size={28} />}
            title={t("hooks.none_title")}
            text={t("hooks.none_text")}
            action={add}
          />
        </div>
      ) : (
        <>
          <div>{add}</div>
          {list.data.map((hook) => (
            <WebhookCard key={hook.id} hook={hook} />
          ))}
        </>
      )}
      {isAdding ? <AddWebhook onClose={() => setAdding(false)} /> : null}
    </>
  );
}
