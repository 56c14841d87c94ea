/**
 * Said in place while the line is down: that it is being mended, how long, what is kept.
 *
 * Shown over the last pictures. Never sends anybody back to the lobby.
 */
import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/use-now";
import { chooseSaving } from "./link-care";
import { useMeeting, useMeetingState, useView, useViewStore } from "./meeting-context";
import styles from "./ReconnectCard.module.css";

/** After so long without a line sound alone is offered, in seconds. */
const OFFER_AFTER_S = 20;

export function ReconnectCard() {
  const { t } = useTranslation();
  const meeting = useMeeting();
  const connection = useMeetingState((state) => state.connection);
  const place = useMeetingState((state) => (state.you ? state.hands.indexOf(state.you.participant) + 1 : 0));
  const view = useViewStore();
  const isResting = useView((state) => state.care.saving !== "off");
  const now = useNow(1000);
  if (connection.state === "open") {
    return (
      <div className={styles.place}>
        <p className={styles.line} role="status">
          <RefreshCw size={18} aria-hidden />
          {t("reconnect.media")}
        </p>
      </div>
    );
  }
  const seconds = connection.sinceMs === 0 ? 0 : Math.max(0, Math.floor((now - connection.sinceMs) / 1000));
  const offersSound = seconds >= OFFER_AFTER_S && !isResting;
  const keepSoundOnly = () => {
    view.setState((state) => ({ care: chooseSaving(state.care, true, Date.now()) }));
    meeting.commands.reconnectNow();
  };
  return (
    <div className={styles.place}>
      <section className={styles.card} aria-label={t("reconnect.title")}>
        <span className={styles.disc} aria-hidden>
          <RefreshCw size={22} />
        </span>
        <div className={styles.words}>
          <h2 className={styles.title}>{t("reconnect.title")}</h2>
          <p>
            {t("reconnect.text", { attempt: Math.max(1, connection.attempt) })}{" "}
            <strong>{t("reconnect.for_seconds", { seconds })}</strong>
          </p>
          {offersSound ? <p role="status">{t("weak.offer")}</p> : null}
          <p>{place > 0 ? t("reconnect.kept_hand", { place }) : t("reconnect.kept")}</p>
        </div>
        <div className={styles.foot}>
          <span>{t("reconnect.code")}</span>
          {offersSound ? (
            <Button size="large" onPress={keepSoundOnly}>
              {t("weak.audio_only")}
            </Button>
          ) : null}
          <Button variant="primary" size="large" onPress={() => meeting.commands.reconnectNow()}>
            {t("reconnect.now")}
          </Button>
        </div>
      </section>
    </div>
  );
}
