/**
 * Silences everybody but the chair and who has the floor; for eight seconds the same place takes it back.
 */
import { MicOff, RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import { useServerNow } from "../use-server-now";
import styles from "./MuteAll.module.css";

/** As the server keeps it, in ms. */
const UNDO_MS = 8000;
/** The second press of a double click does not take back what the first has done, in ms. */
const DOUBLE_MS = 700;

export function MuteAll() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const undo = useMeetingState((state) => state.undo);
  const now = useServerNow(250);
  const left = undo === null ? 0 : Math.min(UNDO_MS, undo.untilMs - now);
  if (undo === null || left <= 0) {
    return (
      <Button icon={<MicOff size={18} aria-hidden />} onPress={() => void run(commands.muteAll())}>
        {t("chair.mute_all")}
      </Button>
    );
  }
  const seconds = Math.ceil(left / 1000);
  return (
    <span className={styles.undo}>
      <Button
        icon={<RotateCcw size={18} aria-hidden />}
        onPress={() => {
          if (UNDO_MS - left > DOUBLE_MS) void run(commands.course({ type: "undo_mute" }));
        }}
      >
        {t("chair.undo_mute", { count: undo.count })} <b>{t("chair.seconds", { seconds })}</b>
      </Button>
      <i className={styles.left} style={{ width: `${(left / UNDO_MS) * 100}%` }} aria-hidden />
    </span>
  );
}
