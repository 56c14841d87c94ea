/**
 * The field for a message. Enter sends, Shift+Enter makes a line; an input method's Enter does not
 * send. The text stays until the server has taken it.
 */
import { SendHorizontal } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { Label, TextArea, TextField } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../../ui/IconButton";
import { refusalSentence } from "../../../ui/refusals";
import { useMeeting } from "../meeting-context";
import styles from "./ChatInput.module.css";

/** As the server has it, in characters. */
const MAX_LENGTH = 2000;

export function ChatInput({ onSent }: { onSent: () => void }) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const [isSending, setSending] = useState(false);
  const length = [...text.trim().normalize("NFC")].length;
  const isTooLong = length > MAX_LENGTH;
  const send = async () => {
    if (length === 0 || isTooLong || isSending) return;
    setSending(true);
    const outcome = await commands.chat(text);
    setSending(false);
    if (outcome.ok) {
      setText("");
      setProblem("");
      onSent();
    } else {
      setProblem(`${t("chat.not_sent")} ${refusalSentence(outcome.refusal, t)}`);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  const note = isTooLong ? t("chat.too_long", { count: length, limit: MAX_LENGTH }) : problem;
  return (
    <div className={styles.box}>
      <p className={styles.note} role="alert">
        {note}
      </p>
      <div className={styles.row}>
        <TextField className={styles.field ?? ""} value={text} onChange={setText} isInvalid={isTooLong}>
          <Label className={styles.label ?? ""}>{t("chat.message")}</Label>
          <TextArea
            className={styles.input ?? ""}
            placeholder={t("chat.placeholder")}
            rows={1}
            onKeyDown={onKeyDown}
          />
        </TextField>
        <IconButton
          size="touch"
          label={t("chat.send")}
          isDisabled={length === 0 || isTooLong || isSending}
          onPress={() => void send()}
        >
          <SendHorizontal size={20} aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}
