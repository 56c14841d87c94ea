/**
 * The own answer to an invitation, and the three answers right there.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, ChevronDown, UserRoundX, UsersRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { GivenAnswer, TodayMeeting } from "../../protocol/generated";
import { answerInvitation } from "../../protocol/meetings";
import { AnswerDialog } from "../../ui/AnswerDialog";
import { Button } from "../../ui/Button";
import { Menu } from "../../ui/Menu";
import { meetingSentence } from "../../ui/meeting-sentence";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import styles from "./TodayRow.module.css";

export function OwnAnswer({ meeting }: { meeting: TodayMeeting }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<"no" | "delegated" | null>(null);
  const give = useMutation({
    mutationFn: (given: GivenAnswer) => answerInvitation(meeting.id, given),
    onSuccess: () => setAsking(null),
    onSettled: () => queries.invalidateQueries({ queryKey: ["today"] }),
  });
  const ask = (kind: "no" | "delegated") => {
    give.reset();
    setAsking(kind);
  };
  const trouble = give.isError ? meetingSentence(give.error, t) : null;
  const answer = meeting.answer ?? "waiting";
  const entries = [
    {
      id: "yes",
      label: t("answer.yes"),
      icon: <Check size={18} aria-hidden />,
      onAction: () => give.mutate({ answer: "yes" }),
    },
    {
      id: "no",
      label: t("answer.no"),
      icon: <UserRoundX size={18} aria-hidden />,
      onAction: () => ask("no"),
    },
    {
      id: "delegated",
      label: t("answer.delegated"),
      icon: <UsersRound size={18} aria-hidden />,
      onAction: () => ask("delegated"),
    },
  ].filter((entry) => entry.id !== answer);
  return (
    <div className={styles.answer}>
      {answer === "waiting" ? (
        <>
          <Button isDisabled={give.isPending} onPress={() => give.mutate({ answer: "yes" })}>
            {t("answer.yes")}
            <VisuallyHidden>{meeting.title}</VisuallyHidden>
          </Button>
          <Button variant="quiet" onPress={() => ask("no")}>
            {t("answer.no")}
            <VisuallyHidden>{meeting.title}</VisuallyHidden>
          </Button>
          <Button variant="quiet" onPress={() => ask("delegated")}>
            {t("answer.delegated")}
            <VisuallyHidden>{meeting.title}</VisuallyHidden>
          </Button>
        </>
      ) : (
        <Menu label={t("answer.change")} groups={[{ id: "answer", entries }]}>
          <Button variant="quiet" icon={answer === "yes" ? <Check size={16} aria-hidden /> : undefined}>
            {t(`answer.given_${answer}`)} <ChevronDown size={14} aria-hidden />
            <VisuallyHidden>
              {t("answer.change")} {meeting.title}
            </VisuallyHidden>
          </Button>
        </Menu>
      )}
      {trouble && asking === null ? (
        <p className={styles.trouble} role="alert">
          {trouble}
        </p>
      ) : null}
      {asking ? (
        <AnswerDialog
          kind={asking}
          title={meeting.title}
          trouble={trouble}
          isBusy={give.isPending}
          onSend={(given) => give.mutate(given)}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </div>
  );
}
