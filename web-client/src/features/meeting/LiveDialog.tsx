/**
 * Where the chair lets the meeting out as a live stream, and gets the link for those who watch.
 */
import { Check, Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { livePath, wholeAddress } from "../../routes";
import { Button } from "../../ui/Button";
import { useCopy } from "../../ui/copy";
import { Dialog } from "../../ui/Dialog";
import styles from "./LiveDialog.module.css";
import { useMeeting, useMeetingState, useRun } from "./meeting-context";

type LiveDialogProps = { isOpen: boolean; onClose: () => void };

export function LiveDialog({ isOpen, onClose }: LiveDialogProps) {
  const { t } = useTranslation();
  const { commands, conference } = useMeeting();
  const run = useRun();
  const isLive = useMeetingState((state) => state.conference?.live_since_ms !== undefined);
  const isSecret = useMeetingState((state) => state.conference?.secrecy === "state_secret");
  const link = wholeAddress(livePath(conference));
  const { isCopied, copy } = useCopy(link);
  const text = isSecret ? "live.secret_text" : isLive ? "live.on_text" : "live.off_text";
  return (
    <Dialog
      title={t("live.title")}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        isSecret ? null : isLive ? (
          <Button variant="danger" onPress={() => void run(commands.course({ type: "close_live" }))}>
            {t("live.close")}
          </Button>
        ) : (
          <Button variant="primary" onPress={() => void run(commands.course({ type: "open_live" }))}>
            {t("live.open")}
          </Button>
        )
      }
    >
      <p role="status">{t(text)}</p>
      {isSecret ? null : (
        <div className={styles.link}>
          <input className={styles.address} readOnly value={link} aria-label={t("live.link")} />
          <Button
            size="dense"
            icon={isCopied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
            onPress={copy}
          >
            {t(isCopied ? "live.copied" : "live.copy")}
          </Button>
        </div>
      )}
    </Dialog>
  );
}
