/**
 * Who is invited to a meeting, who has answered how, and what became of each mail.
 */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BellRing, CircleAlert, CloudOff, MailWarning, Send, UserPlus, UsersRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { InvitationAnswer, MeetingPlan } from "../../../protocol/generated";
import { invitations, mailSettings, sendInvitations } from "../../../protocol/meetings";
import { Count } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { EmptyState } from "../../../ui/EmptyState";
import { meetingSentence } from "../../../ui/meeting-sentence";
import { Banner } from "../../../ui/Notice";
import { PageSkeleton } from "../../../ui/PageFrame";
import { httpCode } from "../../../ui/refusals";
import { TextField } from "../../../ui/TextField";
import { AddPeopleDialog } from "./AddPeopleDialog";
import { ANSWERS, countAnswers, foundAmong, unsent } from "./answers";
import { InvitationRow } from "./InvitationRow";
import styles from "./Invitations.module.css";

/** How often answers and mails are asked for anew, in ms. */
const REFRESH_MS = 15_000;
/** From so many on there is a search. */
const SEARCH_FROM = 9;

export function Invitations({ plan }: { plan: MeetingPlan }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [answer, setAnswer] = useState<InvitationAnswer | null>(null);
  const [text, setText] = useState("");
  const [isAdding, setAdding] = useState(false);
  const list = useQuery({
    queryKey: ["invitations", plan.id],
    queryFn: () => invitations(plan.id),
    refetchInterval: REFRESH_MS,
  });
  const mail = useQuery({ queryKey: ["mail"], queryFn: mailSettings, staleTime: 60_000 });
  const send = useMutation({
    mutationFn: (whom: { only?: string[]; unanswered?: boolean }) => sendInvitations(plan.id, whom),
    onSettled: () => queries.invalidateQueries({ queryKey: ["invitations", plan.id] }),
  });
  const all = list.data ?? [];
  const count = countAnswers(all);
  const found = foundAmong(all, answer, text);
  const fresh = unsent(all).length;
  const isAhead = plan.state === "planned" || plan.state === "running";
  const failure = send.error;
  return (
    <section className={styles.card} aria-labelledby="invitations">
      <div className={styles.head}>
        <h2 id="invitations" className={styles.title}>
          {t("invite.title")} <Count value={all.length} />
        </h2>
        {isAhead ? (
          <div className={styles.actions}>
            <Button icon={<UserPlus size={18} aria-hidden />} onPress={() => setAdding(true)}>
              {t("invite.add")}
            </Button>
            {count.waiting > 0 && fresh < all.length ? (
              <Button
                icon={<BellRing size={18} aria-hidden />}
                isDisabled={send.isPending}
                onPress={() => send.mutate({ unanswered: true })}
              >
                {t("invite.remind", { count: count.waiting })}
              </Button>
            ) : null}
            {fresh > 0 ? (
              <Button
                variant="primary"
                icon={<Send size={18} aria-hidden />}
                isDisabled={send.isPending}
                onPress={() => send.mutate({ only: unsent(all).map((one) => one.id) })}
              >
                {t("invite.send", { count: fresh })}
              </Button>
            ) : null}
          </div>
        ) : null}
      </div>
      {mail.data?.configured === false ? (
        <Banner kind="warn" icon={<MailWarning size={20} aria-hidden />}>
          {t("invite.no_server")}
        </Banner>
      ) : null}
      {send.data ? (
        <Banner kind="ok" icon={<Send size={20} aria-hidden />} isLive>
          {t("invite.queued", { count: send.data.queued })}{" "}
          {send.data.without_address > 0
            ? t("invite.without_address", { count: send.data.without_address })
            : ""}
        </Banner>
      ) : null}
      {failure ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {meetingSentence(failure, t)}
        </Banner>
      ) : null}
      {list.isPending ? (
        <PageSkeleton />
      ) : list.isError ? (
        <EmptyState
          icon={<CloudOff size={28} />}
          title={t("invite.failed_title")}
          text={`${meetingSentence(list.error, t)} ${t("lobby.code", { code: httpCode(list.error) })}`}
          action={<Button onPress={() => void list.refetch()}>{t("action.retry")}</Button>}
        />
      ) : all.length === 0 ? (
        <EmptyState
          icon={<UsersRound size={28} />}
          title={t("invite.none_title")}
          text={t("invite.none_text")}
        />
      ) : (
        <>
          <div className={styles.filters}>
            {ANSWERS.map((one) => (
              <button
                key={one}
                type="button"
                className={styles.filter}
                aria-pressed={answer === one}
                onClick={() => setAnswer(answer === one ? null : one)}
              >
                {t(`invite.answer_${one}`)}{" "}
                <Count value={count[one]} isHot={one === "waiting" && count[one] > 0} />
              </button>
            ))}
            {all.length >= SEARCH_FROM ? (
              <div className={styles.search}>
                <TextField
                  label=""
                  aria-label={t("invite.search")}
                  placeholder={t("invite.search")}
                  type="search"
                  value={text}
                  onChange={setText}
                />
              </div>
            ) : null}
          </div>
          {found.length === 0 ? <p className={styles.none}>{t("invite.nothing")}</p> : null}
          <ul>
            {found.map((one) => (
              <InvitationRow
                key={one.id}
                plan={plan}
                invitation={one}
                all={all}
                onSend={(id) => send.mutate({ only: [id] })}
              />
            ))}
          </ul>
        </>
      )}
      {isAdding ? <AddPeopleDialog plan={plan} invited={all} onClose={() => setAdding(false)} /> : null}
    </section>
  );
}
