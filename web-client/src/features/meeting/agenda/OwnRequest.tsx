/**
 * The own place in one queue with what was said about it, and the way to say it anew.
 *
 * Used by AskForm. The server keeps the first request of a person in a queue, so other words are another
 * request: withdrawn and asked again, at the end of the queue. It says so before.
 */
import { CircleHelp } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Queue } from "../../../protocol/generated";
import { placesOf } from "../../../state/course";
import { Button } from "../../../ui/Button";
import { TextField } from "../../../ui/TextField";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import styles from "./AskForm.module.css";
import { MAX_SUBJECT } from "./subject";

export function OwnRequest({ queue, isOpen }: { queue: Queue; isOpen: boolean }) {
  const { t } = useTranslation();
  const [isChanging, setChanging] = useState(false);
  const place = useMeetingState((state) => placesOf(state.floor, state.you?.participant)[queue]);
  const subject = useMeetingState(
    (state) => state.floor[queue].find((one) => one.participant === state.you?.participant)?.subject ?? "",
  );
  if (place === 0) return null;
  return (
    <div className={styles.own}>
      <p className={styles.place} role="status">
        <CircleHelp size={18} aria-hidden />
        {`${t(`floor.place_${queue}`, { place })} ${t("floor.opens")}`}
      </p>
      <div className={styles.said}>
        <span>{subject ? t("floor.said", { subject }) : t("floor.said_nothing")}</span>
        {isOpen && !isChanging ? (
          <Button size="dense" variant="quiet" onPress={() => setChanging(true)}>
            {t(subject ? "floor.say_other" : "floor.say")}
          </Button>
        ) : null}
      </div>
      {isChanging ? (
        <SayAnew queue={queue} place={place} before={subject} onDone={() => setChanging(false)} />
      ) : null}
    </div>
  );
}

type SayAnewProps = { queue: Queue; place: number; before: string; onDone: () => void };

function SayAnew({ queue, place, before, onDone }: SayAnewProps) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const [subject, setSubject] = useState(before);
  const isLast = useMeetingState((state) => state.floor[queue].length === place);
  const words = subject.trim().normalize("NFC");
  const send = async () => {
    if (!(await run(commands.course({ type: "withdraw_floor", queue })))) return;
    await run(commands.course({ type: "request_floor", queue, ...(words ? { subject: words } : {}) }));
    onDone();
  };
  return (
    <>
      <TextField
        label={t("floor.subject_new")}
        help={isLast ? undefined : t("floor.to_the_end")}
        value={subject}
        onChange={setSubject}
        maxLength={MAX_SUBJECT}
        autoFocus
      />
      <div className={styles.ways}>
        <Button onPress={onDone}>{t("action.cancel")}</Button>
        <Button variant="primary" isDisabled={words === before} onPress={() => void send()}>
          {t(isLast ? "floor.send_words" : "floor.ask_again")}
        </Button>
      </div>
    </>
  );
}
