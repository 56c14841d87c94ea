/**
 * The meeting: strip, stage, panel, bar, and what floats over them.
 *
 * Called by ConferencePage while the phase is `in`, also while the connection is being mended.
 */
import { lazy, Suspense, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { fetched } from "../../fetched";
import type { Meeting } from "../../state/meeting";
import type { SettingsStore } from "../../state/settings-store";
import { usePage } from "../../ui/page";
import { Announcements } from "./Announcements";
import { ControlBar } from "./ControlBar";
import { EarlyNotice } from "./EarlyNotice";
import { Hints } from "./Hints";
import { LinkNotice } from "./LinkNotice";
import { MeetingDialogs } from "./MeetingDialogs";
import styles from "./MeetingPage.module.css";
import { MeetingToasts } from "./MeetingToasts";
import { MiniWindow } from "./MiniWindow";
import { MeetingContext } from "./meeting-context";
import { PresidingNotice } from "./PresidingNotice";
import { SidePanel } from "./SidePanel";
import { SoundBlocked } from "./SoundBlocked";
import { Stage } from "./Stage";
import { TopStrip } from "./TopStrip";
import { useShortcuts } from "./use-shortcuts";
import { useWakeLock } from "./use-wake-lock";
import { createViewState } from "./view-state";

// Only for those who lead, and only when one of them opens it.
const loadLead = () => fetched(() => import("./lead/LeadScreen"));
const LeadScreen = lazy(() => loadLead().then((loaded) => ({ default: loaded.LeadScreen })));
const LeadBar = lazy(() => loadLead().then((loaded) => ({ default: loaded.LeadBar })));

type MeetingPageProps = { meeting: Meeting; settings: SettingsStore };

export function MeetingPage({ meeting, settings }: MeetingPageProps) {
  const { t } = useTranslation();
  const title = useStore(meeting.store, (state) => state.conference?.title ?? "");
  useWakeLock();
  usePage(title || t("meeting.title"), "stage");
  const scope = useMemo(
    () => ({ meeting, view: createViewState(settings.store.getState().takesComposed) }),
    [meeting, settings],
  );
  useEffect(
    () =>
      scope.view.subscribe(({ isComposed }, before) => {
        if (isComposed !== before.isComposed) settings.change({ takesComposed: isComposed });
      }),
    [scope, settings],
  );
  const hasPanel = useStore(scope.view, (state) => state.panel !== null);
  const leads = useStore(scope.view, (state) => state.screen !== "stage");
  return (
    <MeetingContext value={scope}>
      <div className={styles.meeting} data-panel={hasPanel || undefined} data-leads={leads || undefined}>
        <TopStrip />
        {leads ? (
          <Suspense fallback={<main role="status" aria-label={t("app.loading")} />}>
            <LeadScreen settings={settings} />
          </Suspense>
        ) : (
          <Stage />
        )}
        <SidePanel />
        {leads ? (
          <Suspense fallback={null}>
            <LeadBar />
          </Suspense>
        ) : (
          <ControlBar />
        )}
        <section className={styles.notices} aria-label={t("meeting.notices")}>
          <SoundBlocked />
          <LinkNotice />
          <EarlyNotice />
          <PresidingNotice />
        </section>
        <Hints settings={settings} />
        <MiniWindow />
        <MeetingToasts />
        <Announcements />
        <MeetingDialogs settings={settings} />
        <Keyboard settings={settings} />
      </div>
    </MeetingContext>
  );
}

function Keyboard({ settings }: { settings: SettingsStore }) {
  useShortcuts(useStore(settings.store, (state) => state.areShortcutsOn));
  return null;
}
