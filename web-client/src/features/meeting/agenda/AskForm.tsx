/**
 * The own request: subject, to speak or to question; while waiting, the own place and words.
 */
import { Hand, MessageCircleQuestionMark } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Queue } from "../../../protocol/generated";
import { placesOf } from "../../../state/course";
import { may } from "../../../state/meeting-store";
import { Button } from "../../../ui/Button";
import { TextField } from "../../../ui/TextField";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import styles from "./AskForm.module.css";
import { OwnRequest } from "./OwnRequest";
import { MAX_SUBJECT } from "./subject";

export function AskForm() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const [subject, setSubject] = useState("");
  const mayAsk = useMeetingState(may("raise_hand"));
  const isLeader = useMeetingState(may("give_floor"));
  const isOpen = useMeetingState((state) => state.floor.open);
  const speech = useMeetingState((state) => placesOf(state.floor, state.you?.participant).speech);
  const question = useMeetingState((state) => placesOf(state.floor, state.you?.participant).question);
  const hasFloor = useMeetingState(
    (state) => state.you !== null && state.floor.turn?.participant === state.you.participant,
  );
  if (!mayAsk || hasFloor) return null;
  const ask = async (queue: Queue) => {
    const words = subject.trim().normalize("NFC");
    const asked = commands.course({ type: "request_floor", queue, ...(words ? { subject: words } : {}) });
    if (await run(asked)) setSubject("");
  };
  const isClosed = !isOpen && !isLeader;
  return (
    <section className={styles.form} aria-label={t("floor.ask")}>
      <OwnRequest queue="speech" isOpen={!isClosed} />
      <OwnRequest queue="question" isOpen={!isClosed} />
      {isClosed ? <p className={styles.place}>{t("floor.closed")}</p> : null}
      {isClosed || (speech > 0 && question > 0) ? null : (
        <>
          <TextField
            label={t("floor.subject")}
            value={subject}
            onChange={setSubject}
            maxLength={MAX_SUBJECT}
          />
          <div className={styles.ways}>
            {speech > 0 ? null : (
              <Button
                variant="primary"
                icon={<Hand size={18} aria-hidden />}
                onPress={() => void ask("speech")}
              >
                {t("floor.ask_speech")}
              </Button>
            )}
            {question > 0 ? null : (
              <Button
                icon={<MessageCircleQuestionMark size={18} aria-hidden />}
                onPress={() => void ask("question")}
              >
                {t("floor.ask_question")}
              </Button>
            )}
          </div>
        </>
      )}
    </section>
  );
}
