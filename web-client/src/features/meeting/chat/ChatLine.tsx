/**
 * One message; the name and time stand above the first of several in a row.
 */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { clockTime } from "../../../i18n/format";
import type { ChatMessage } from "../../../protocol/generated";
import { VisuallyHidden } from "../../../ui/VisuallyHidden";
import styles from "./ChatLine.module.css";

type ChatLineProps = { message: ChatMessage; isOwn: boolean; startsBlock: boolean };

export const ChatLine = memo(function ChatLine({ message, isOwn, startsBlock }: ChatLineProps) {
  const { t } = useTranslation();
  return (
    <li className={styles.line} data-block={startsBlock || undefined}>
      {startsBlock ? (
        <p className={styles.head}>
          <strong className={styles.name} data-own={isOwn || undefined}>
            <bdi title={message.name}>{message.name}</bdi>
            {isOwn ? ` ${t("people.you")}` : ""}
          </strong>
          <time dateTime={new Date(message.at_ms).toISOString()}>{clockTime(message.at_ms)}</time>
        </p>
      ) : (
        <VisuallyHidden>{message.name}</VisuallyHidden>
      )}
      <p className={styles.text} dir="auto">
        {message.text}
      </p>
    </li>
  );
});
