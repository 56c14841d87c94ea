/**
 * What people write to everybody: the log and the field below it.
 */
import { MessageSquare } from "lucide-react";
import { useTranslation } from "react-i18next";
import { may } from "../../../state/meeting-store";
import { Button } from "../../../ui/Button";
import { EmptyState } from "../../../ui/EmptyState";
import { useMeetingState } from "../meeting-context";
import { ChatInput } from "./ChatInput";
import { ChatLine } from "./ChatLine";
import styles from "./ChatPanel.module.css";
import { startsBlock } from "./chat-blocks";
import { useFollowedLog } from "./use-followed-log";

export function ChatPanel() {
  const { t } = useTranslation();
  const chat = useMeetingState((state) => state.chat);
  const mayChat = useMeetingState(may("chat"));
  const self = useMeetingState((state) => state.you?.participant);
  const { log, newer, onScroll, toEnd } = useFollowedLog();
  return (
    <>
      <div
        ref={log}
        className={styles.log}
        role="log"
        aria-label={t("chat.log")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
      >
        {chat.length === 0 ? (
          <EmptyState
            icon={<MessageSquare size={28} />}
            title={t("chat.empty_title")}
            text={t("chat.empty_text")}
          />
        ) : (
          <ol className={styles.lines}>
            {chat.map((message, at) => (
              <ChatLine
                key={message.id}
                message={message}
                isOwn={message.from === self}
                startsBlock={startsBlock(chat[at - 1], message)}
              />
            ))}
          </ol>
        )}
      </div>
      {newer > 0 ? (
        <div className={styles.newer}>
          <Button size="dense" variant="primary" onPress={toEnd}>
            {t("chat.newer", { count: newer })}
          </Button>
        </div>
      ) : null}
      {mayChat ? <ChatInput onSent={toEnd} /> : null}
    </>
  );
}
