/**
 * Said when the computer's clock is minutes off: the meeting goes by the server's time, but whoever
 * looks at the corner of the screen comes too late.
 */
import { useTranslation } from "react-i18next";
import { roughSpan } from "../../i18n/format";
import { NoticeCard } from "../../ui/Notice";

/** A clock that is wrong by less is not worth a word, in ms. */
const WRONG_MS = 2 * 60_000;

/** `offsetMs` is the server's time minus ours; null when not known. */
export function ClockNotice({ offsetMs }: { offsetMs: number | null }) {
  const { t } = useTranslation();
  if (offsetMs === null || Math.abs(offsetMs) < WRONG_MS) return null;
  const time = roughSpan(Math.abs(offsetMs), t);
  return (
    <NoticeCard
      kind="warn"
      picture="clock"
      title={t(offsetMs < 0 ? "lobby.clock_fast" : "lobby.clock_slow", { time })}
      text={t("lobby.clock_text")}
    />
  );
}
