/**
 * Where one is signed in, and signing out elsewhere: one by one or all at once.
 */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, Laptop, LogOut, Smartphone } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { clockTime, shortDay } from "../../i18n/format";
import { endOtherSessions, endSession, sessions } from "../../protocol/account";
import type { SessionSummary } from "../../protocol/generated";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/Dialog";
import { Banner } from "../../ui/Notice";
import { httpSentence } from "../../ui/refusals";
import { browserOf } from "./browser-of";
import styles from "./SessionList.module.css";

const SESSIONS_KEY = ["me", "sessions"];

export function SessionList() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const list = useQuery({ queryKey: SESSIONS_KEY, queryFn: sessions });
  const refresh = () => queries.invalidateQueries({ queryKey: SESSIONS_KEY });
  const one = useMutation({ mutationFn: endSession, onSettled: refresh });
  const all = useMutation({ mutationFn: endOtherSessions, onSettled: refresh });
  if (list.isPending) return <p role="status">{t("app.loading")}</p>;
  const failure = list.error ?? one.error ?? all.error;
  const found = list.data ?? [];
  const hasOthers = found.some((session) => !session.current);
  return (
    <div className={styles.list}>
      {failure ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {httpSentence(failure, t)}
        </Banner>
      ) : null}
      {all.isSuccess ? (
        <Banner kind="ok" icon={<CircleCheck size={20} aria-hidden />} isLive>
          {t("account.ended", { count: all.data.ended })}
        </Banner>
      ) : null}
      <ul className={styles.rows} aria-label={t("account.sessions")}>
        {found.map((session) => (
          <SessionRow key={session.id} session={session} onEnd={() => one.mutate(session.id)} />
        ))}
      </ul>
      {hasOthers ? (
        <div>
          <Button icon={<LogOut size={18} aria-hidden />} onPress={() => setAsking(true)}>
            {t("account.end_others")}
          </Button>
        </div>
      ) : (
        <p className={styles.note}>{t("account.no_others")}</p>
      )}
      <ConfirmDialog
        title={t("account.end_others_title")}
        text={t("account.end_others_text")}
        confirm={t("account.end_others")}
        isOpen={isAsking}
        onConfirm={() => all.mutate()}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}

function SessionRow({ session, onEnd }: { session: SessionSummary; onEnd: () => void }) {
  const { t } = useTranslation();
  const { browser, system, isPhone } = browserOf(session.agent);
  const name = t("account.browser_on", {
    browser: browser ?? t("account.unknown_browser"),
    system: system ?? t("account.unknown_system"),
  });
  const Picture = isPhone ? Smartphone : Laptop;
  return (
    <li className={styles.row}>
      <Picture size={24} aria-hidden className={styles.picture} />
      <div className={styles.words}>
        <p className={styles.browser}>
          {name} {session.current ? <Badge kind="ok">{t("account.here")}</Badge> : null}
        </p>
        <p className={styles.note}>
          {t("account.from_address", { address: session.address })}
          {" · "}
          {t("account.since", { time: moment(session.created_ms) })}
          {" · "}
          {t("account.seen", { time: moment(session.seen_ms) })}
        </p>
      </div>
      {session.current ? null : (
        <Button size="dense" onPress={onEnd} aria-label={t("account.end_named", { name })}>
          {t("app.sign_out")}
        </Button>
      )}
    </li>
  );
}

function moment(atMs: number): string {
  return `${clockTime(atMs)} ${shortDay(atMs)}`;
}
