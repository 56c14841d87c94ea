/**
 * In the place of a page until it is known who is signed in, and when the server does not say.
 *
 * Used inside PageFrame by every page that needs a session. Without it a server that is away would look
 * like a page that loads for ever, or like somebody who is signed out.
 */
import { CloudOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { EmptyState } from "./EmptyState";
import { PageSkeleton } from "./PageFrame";
import { httpCode, httpSentence } from "./refusals";
import { useSession } from "./session";

export function SessionWait() {
  const { t } = useTranslation();
  const session = useSession();
  if (!session.isError) return <PageSkeleton />;
  return (
    <EmptyState
      icon={<CloudOff size={28} />}
      title={t("app.failed_title")}
      text={`${httpSentence(session.error, t)} ${t("lobby.code", { code: httpCode(session.error) })}`}
      action={<Button onPress={() => void session.refetch()}>{t("action.retry")}</Button>}
    />
  );
}
