/**
 * The bar whose order never changes: own media and hand, layout, panels, and leaving apart.
 *
 * On phones the middle groups fold into "more".
 */
import { FileText, Gavel, LogOut, MessageSquare, Users } from "lucide-react";
import { useTranslation } from "react-i18next";
import { may } from "../../state/meeting-store";
import { Button } from "../../ui/Button";
import { useMediaQuery } from "../../ui/use-media-query";
import { BarButton } from "./BarButton";
import styles from "./ControlBar.module.css";
import { LayoutMenu } from "./LayoutMenu";
import { mayLead, openLead } from "./lead-entry";
import { MoreMenu } from "./MoreMenu";
import { MutedHint } from "./MutedHint";
import { useMeeting, useMeetingState, useView, useViewStore } from "./meeting-context";
import { HandButton, MediaButtons, ShareButton } from "./OwnButtons";
import { keysOf } from "./shortcuts";
import { COMPACT } from "./use-box";
import { useUnread } from "./use-unread";
import { togglePanel } from "./view-state";

export function ControlBar() {
  const { t } = useTranslation();
  const meeting = useMeeting();
  const view = useViewStore();
  const panel = useView((state) => state.panel);
  const mayAdmit = useMeetingState(may("admit"));
  const waiting = useMeetingState((state) => state.waiting.length);
  const unread = useUnread();
  const isCompact = useMediaQuery(COMPACT);
  const leads = useMeetingState(mayLead);
  const knocking = mayAdmit ? waiting : 0;
  const leave = () => void meeting.commands.leave();
  if (isCompact) {
    return (
      <section className={styles.bar} data-region="bar" aria-label={t("bar.label")} tabIndex={-1}>
        <MutedHint />
        <MediaButtons />
        <HandButton />
        <MoreMenu isCompact count={knocking + unread} />
        <BarButton
          label={t("bar.leave")}
          look="off"
          icon={<LogOut size={20} aria-hidden />}
          onPress={leave}
        />
      </section>
    );
  }
  return (
    <section className={styles.bar} data-region="bar" aria-label={t("bar.label")} tabIndex={-1}>
      <div className={styles.hint}>
        <MutedHint />
      </div>
      <div className={styles.groups}>
        <MediaButtons />
        <ShareButton />
        <HandButton />
        <span className={styles.rule} aria-hidden />
        <LayoutMenu />
        <span className={styles.rule} aria-hidden />
        <BarButton
          label={t("bar.people")}
          shortcut={keysOf("people", t)}
          icon={<Users size={20} aria-hidden />}
          look={panel === "people" ? "on" : "rest"}
          isPressed={panel === "people"}
          count={knocking}
          countLabel={t("bar.waiting", { count: knocking })}
          onPress={() => togglePanel(view, "people")}
        />
        <BarButton
          label={t("bar.chat")}
          shortcut={keysOf("chat", t)}
          icon={<MessageSquare size={20} aria-hidden />}
          look={panel === "chat" ? "on" : "rest"}
          isPressed={panel === "chat"}
          count={unread}
          countLabel={t("bar.unread", { count: unread })}
          onPress={() => togglePanel(view, "chat")}
        />
        <BarButton
          label={t("bar.agenda")}
          icon={<FileText size={20} aria-hidden />}
          look={panel === "agenda" ? "on" : "rest"}
          isPressed={panel === "agenda"}
          onPress={() => togglePanel(view, "agenda")}
        />
        {leads ? (
          <BarButton
            label={t("bar.lead")}
            icon={<Gavel size={20} aria-hidden />}
            onPress={() => openLead(meeting, view)}
          />
        ) : null}
        <MoreMenu isCompact={false} count={0} />
      </div>
      <div className={styles.leave}>
        <Button variant="danger" size="large" icon={<LogOut size={20} aria-hidden />} onPress={leave}>
          {t("bar.leave")}
        </Button>
      </div>
    </section>
  );
}
