/**
 * The panel at the right: people, chat or agenda, one at a time; on phones over the pictures.
 */
import { X } from "lucide-react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { may } from "../../state/meeting-store";
import { Count } from "../../ui/Badge";
import { IconButton } from "../../ui/IconButton";
import { AgendaPanel } from "./agenda/AgendaPanel";
import { ChatPanel } from "./chat/ChatPanel";
import { useMeetingState, useView, useViewStore } from "./meeting-context";
import { PeoplePanel } from "./people/PeoplePanel";
import styles from "./SidePanel.module.css";
import { useUnread } from "./use-unread";
import type { Panel } from "./view-state";

const PANELS: readonly Panel[] = ["people", "chat", "agenda"];

export function SidePanel() {
  const { t } = useTranslation();
  const view = useViewStore();
  const panel = useView((state) => state.panel);
  const people = useMeetingState((state) => state.order.length);
  const mayAdmit = useMeetingState(may("admit"));
  const waiting = useMeetingState((state) => state.waiting.length);
  const unread = useUnread();
  if (panel === null) return null;
  const knocks = mayAdmit ? waiting : 0;
  return (
    <aside className={styles.panel} data-region="panel" tabIndex={-1} aria-label={t(`${panel}.title`)}>
      <Tabs
        className={styles.tabs ?? ""}
        selectedKey={panel}
        onSelectionChange={(key) => view.setState({ panel: PANELS.find((one) => one === key) ?? "people" })}
      >
        <div className={styles.head}>
          <TabList className={styles.list ?? ""} aria-label={t("more.room")}>
            <Tab id="people" className={styles.tab ?? ""}>
              {t("people.title")} <Count value={knocks > 0 ? knocks : people} isHot={knocks > 0} />
            </Tab>
            <Tab id="chat" className={styles.tab ?? ""}>
              {t("chat.title")} {unread > 0 ? <Count value={unread} isHot /> : null}
            </Tab>
            <Tab id="agenda" className={styles.tab ?? ""}>
              {t("agenda.title")}
            </Tab>
          </TabList>
          <IconButton label={t("action.close")} onPress={() => view.setState({ panel: null })}>
            <X size={18} aria-hidden />
          </IconButton>
        </div>
        <TabPanel id="people" className={styles.body ?? ""}>
          <PeoplePanel />
        </TabPanel>
        <TabPanel id="chat" className={styles.body ?? ""}>
          <ChatPanel />
        </TabPanel>
        <TabPanel id="agenda" className={styles.body ?? ""}>
          <AgendaPanel />
        </TabPanel>
      </Tabs>
    </aside>
  );
}
