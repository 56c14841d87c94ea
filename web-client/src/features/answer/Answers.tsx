/**
 * The answer that was given and the three that can be, and the way into the meeting for who attends.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, CircleAlert, UserRoundX, UsersRound, Video } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { GivenAnswer, InvitationShown } from "../../protocol/generated";
import { answerByLink, enterByLink } from "../../protocol/meetings";
import { conferencePath } from "../../routes";
import { AnswerDialog } from "../../ui/AnswerDialog";
import { Button } from "../../ui/Button";
import { meetingSentence } from "../../ui/meeting-sentence";
import { Banner } from "../../ui/Notice";
import { SESSION_KEY } from "../../ui/session";
import styles from "./AnswerPage.module.css";

export function Answers({ token, shown }: { token: string; shown: InvitationShown }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState<"no" | "delegated" | null>(null);
  const give = useMutation({
    mutationFn: (given: GivenAnswer) => answerByLink(token, given),
    onSuccess: (now) => {
      setAsking(null);
      queries.setQueryData(["answer", token], now);
    },
  });
  const enter = useMutation({
    mutationFn: () => enterByLink(token),
    onSuccess: ({ conference }) => {
      void queries.invalidateQueries({ queryKey: SESSION_KEY });
      navigate(conferencePath(conference));
    },
  });
  const ask = (kind: "no" | "delegated") => {
    give.reset();
    setAsking(kind);
  };
  const failure = give.error ?? enter.error;
  const trouble = failure ? meetingSentence(failure, t) : null;
  const { answer } = shown;
  return (
    <>
      {answer === "waiting" ? (
        <p>{t("answer.question")}</p>
      ) : (
        <p className={styles.given} role="status" data-answer={answer}>
          {t(`answer.given_${answer}`)}
          {shown.reason ? <small>{shown.reason}</small> : null}
          {shown.delegate ? <small>{t("invite.delegate", { name: shown.delegate })}</small> : null}
        </p>
      )}
      {trouble && asking === null ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {trouble}
        </Banner>
      ) : null}
      <div className={styles.actions}>
        {answer === "yes" ? (
          <Button
            variant="primary"
            size="large"
            icon={<Video size={18} aria-hidden />}
            isDisabled={enter.isPending}
            onPress={() => enter.mutate()}
          >
            {t("home.join")}
          </Button>
        ) : (
          <Button
            variant="primary"
            size="large"
            icon={<Check size={18} aria-hidden />}
            isDisabled={give.isPending}
            onPress={() => give.mutate({ answer: "yes" })}
          >
            {t("answer.yes")}
          </Button>
        )}
        {answer === "no" ? null : (
          <Button size="large" icon={<UserRoundX size={18} aria-hidden />} onPress={() => ask("no")}>
            {t("answer.no")}
          </Button>
        )}
        {answer === "delegated" ? null : (
          <Button size="large" icon={<UsersRound size={18} aria-hidden />} onPress={() => ask("delegated")}>
            {t("answer.delegated")}
          </Button>
        )}
      </div>
      {asking ? (
        <AnswerDialog
          kind={asking}
          title={shown.title}
          trouble={trouble}
          isBusy={give.isPending}
          onSend={(given) => give.mutate(given)}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </>
  );
}
