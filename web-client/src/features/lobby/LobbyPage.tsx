/**
 * The place before the meeting: see oneself, choose devices, know what one is entering, go in.
 *
 * Called by ConferencePage while nobody is in. Never stops anybody from joining as a listener.
 */

import { Info } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useStore } from "zustand";
import type { Lobby } from "../../protocol/generated";
import { HOME } from "../../routes";
import type { LocalMedia } from "../../rtc/local-media";
import type { SettingsStore } from "../../state/settings-store";
import { AppBar } from "../../ui/AppBar";
import { DeviceChoices } from "../../ui/DeviceChoices";
import { DeviceNotice } from "../../ui/DeviceNotice";
import { EffectChoices } from "../../ui/EffectChoices";
import { Banner } from "../../ui/Notice";
import { usePage } from "../../ui/page";
import { useSignOut } from "../../ui/session";
import { ClockNotice } from "./ClockNotice";
import { maySendMedia } from "./door";
import { JoinCard, type JoinState } from "./JoinCard";
import styles from "./LobbyPage.module.css";
import { NetworkTrouble } from "./NetworkState";
import { Preview } from "./Preview";

export type LobbyPageProps = {
  lobby: Lobby;
  /** How long the server took to answer, in ms; null when not known. */
  delayMs: number | null;
  /** The server's time minus ours; null when not known. */
  clockOffsetMs: number | null;
  local: LocalMedia;
  settings: SettingsStore;
  join: JoinState;
};

export function LobbyPage({ lobby, delayMs, clockOffsetMs, local, settings, join }: LobbyPageProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const signOut = useSignOut();
  usePage(lobby.title);
  const guestName = useStore(settings.store, (state) => state.guestName);
  const guestUnit = useStore(settings.store, (state) => state.guestUnit);
  const person = lobby.you;
  const maySend = maySendMedia(person);
  return (
    <div className={styles.page}>
      <AppBar
        person={person}
        onHome={() => navigate(HOME)}
        onSignOut={person && !person.guest ? signOut : undefined}
      />
      <main className={styles.lobby}>
        <div className={styles.seat}>
          <Preview
            local={local}
            name={person?.name ?? guestName}
            unit={person?.unit ?? guestUnit}
            maySend={maySend}
          />
          {maySend ? <DeviceNotice local={local} /> : null}
          <NetworkTrouble />
          {maySend ? <DeviceChoices local={local} /> : null}
          {maySend ? <EffectChoices local={local} /> : null}
          <ClockNotice offsetMs={clockOffsetMs} />
          {maySend ? null : (
            <Banner kind="info" icon={<Info size={20} aria-hidden />}>
              {t("lobby.notice_listener")}
            </Banner>
          )}
          {lobby.waiting_room && !lobby.ended ? (
            <Banner kind="info" icon={<Info size={20} aria-hidden />}>
              {t("lobby.notice_waiting_room")}
            </Banner>
          ) : null}
        </div>
        <JoinCard
          lobby={lobby}
          delayMs={delayMs}
          clockOffsetMs={clockOffsetMs ?? 0}
          settings={settings}
          maySend={maySend}
          join={join}
        />
      </main>
    </div>
  );
}
