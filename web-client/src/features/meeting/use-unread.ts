/**
 * How many messages of others came since the chat was last on screen.
 */
import { useMeetingState, useView } from "./meeting-context";

export function useUnread(): number {
  const readChatId = useView((state) => state.readChatId);
  const isOpen = useView((state) => state.panel === "chat");
  const count = useMeetingState(
    (state) =>
      state.chat.filter((message) => message.id > readChatId && message.from !== state.you?.participant)
        .length,
  );
  return isOpen ? 0 : count;
}
