/**
 * Said inside while the door is still shut to most: since when it opens, and for those who keep the
 * door one press to open it now.
 *
 * Used by MeetingPage once, among the notices below the top strip.
 */
import { Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { clockTime, waitingTime } from "../../i18n/format";
import { may } from "../../state/meeting-store";
import { Button } from "../../ui/Button";
import { Banner } from "../../ui/Notice";
import { useNow } from "../../ui/use-now";
import styles from "./EarlyNotice.module.css";
import { useMeeting, useMeetingState, useRun } from "./meeting-context";

/** How often the time that is left is told anew, in ms. */
const TICK_MS = 1000;

export function EarlyNotice() {
  const opensMs = useMeetingState((state) => state.conference?.opens_ms);
  return opensMs === undefined ? null : <Early opensMs={opensMs} />;
}

function Early({ opensMs }: { opensMs: number }) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const mayOpen = useMeetingState(may("lock"));
  const now = useNow(TICK_MS) + useMeetingState((state) => state.clockOffsetMs);
  if (now >= opensMs) return null;
  return (
    <Banner
      kind="info"
      icon={<Clock size={20} aria-hidden />}
      action={
        mayOpen ? (
          <Button size="dense" variant="primary" onPress={() => void run(commands.openDoor())}>
            {t("meeting.open_door")}
          </Button>
        ) : null
      }
    >
      {t("meeting.opens_at", { time: clockTime(opensMs) })}{" "}
      <span role="timer" className={styles.count}>
        {waitingTime(opensMs - now)}
      </span>
    </Banner>
  );
}
