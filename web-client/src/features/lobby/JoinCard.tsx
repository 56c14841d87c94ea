/**
 * What one is about to enter, under which name, and the one primary button.
 */

import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { Lobby } from "../../protocol/generated";
import { conferencePath, loginPath } from "../../routes";
import type { SettingsStore } from "../../state/settings-store";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { LockedField } from "../../ui/LockedField";
import { Banner } from "../../ui/Notice";
import { useNow } from "../../ui/use-now";
import { DoorNotice, type DoorTrouble } from "./DoorNotice";
import { doorState } from "./door";
import { GuestFields, useGuestFields } from "./GuestFields";
import styles from "./JoinCard.module.css";
import { NetworkState } from "./NetworkState";

/** How often a countdown is told anew, in ms. */
const TICK_MS = 1000;

export type JoinState = {
  isJoining: boolean;
  /** Why the last try failed, as a sentence. */
  failure: string | null;
  /** What the last try met at the door; has a picture and a way on of its own. */
  trouble: DoorTrouble | null;
  /** `guest` is null for people with an account. */
  onJoin: (guest: { name: string; unit: string } | null, listensOnly: boolean) => void;
  /** Takes the place over from the window or device that holds it. */
  onMove: () => void;
};

type JoinCardProps = {
  lobby: Lobby;
  delayMs: number | null;
  /** The server's time minus ours; 0 when not known. */
  clockOffsetMs: number;
  settings: SettingsStore;
  maySend: boolean;
  join: JoinState;
};

export function JoinCard({ lobby, delayMs, clockOffsetMs, settings, maySend, join }: JoinCardProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const guest = useGuestFields(settings);
  const now = useNow(TICK_MS) + clockOffsetMs;
  const door = doorState(lobby, now);
  const asksName = lobby.you === null && lobby.guests_allowed;
  const mayEnter = lobby.you !== null || lobby.guests_allowed;
  const enter = (listensOnly: boolean) => {
    if (asksName && !guest.check()) return;
    join.onJoin(asksName ? guest.entry : null, listensOnly);
  };
  const isShut = door === "before" || door === "locked" || door === "full" || door === "server_full";
  const trouble = isShut ? door : join.trouble;
  // A shut door opens by itself on this page, and who is in elsewhere moves: no button to press in vain.
  const hasOtherWay = isShut || trouble === "elsewhere";
  return (
    <aside className={styles.card} aria-label={lobby.title}>
      <div className={styles.head}>
        <div className={styles.badges}>
          <Badge kind={door === "open" || door === "waiting_room" ? "ok" : "warn"}>
            {t(`lobby.state_${door}`)}
          </Badge>
          {lobby.label ? <Badge kind="line">{lobby.label}</Badge> : null}
        </div>
        <h1 className={styles.title}>{lobby.title}</h1>
      </div>
      {trouble ? (
        <DoorNotice
          trouble={trouble}
          limit={lobby.limit}
          opensMs={lobby.opens_ms ?? now}
          nowMs={now}
          isJoining={join.isJoining}
          onMove={join.onMove}
        />
      ) : null}
      <dl className={styles.facts}>
        <dt>{t("lobby.chair")}</dt>
        <dd>{lobby.chair || t("lobby.chair_none")}</dd>
        <dt>{t("lobby.present")}</dt>
        <dd>{t("lobby.present_count", { count: lobby.participants })}</dd>
      </dl>
      <hr className={styles.rule} />
      {lobby.you ? (
        <LockedField
          label={t("lobby.display_name")}
          value={lobby.you.name}
          origin={t(lobby.you.guest ? "lobby.from_guest" : "lobby.from_directory")}
        />
      ) : null}
      {lobby.you?.unit ? <LockedField label={t("lobby.your_unit")} value={lobby.you.unit} /> : null}
      {asksName ? <GuestFields fields={guest} onEnter={() => enter(false)} /> : null}
      {mayEnter ? null : (
        <Banner kind="warn" icon={<CircleAlert size={20} aria-hidden />}>
          {t("http.guests_not_allowed")}
        </Banner>
      )}
      <NetworkState delayMs={delayMs} />
      {join.failure ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {join.failure}
        </Banner>
      ) : null}
      <div className={styles.actions}>
        {mayEnter && !hasOtherWay ? (
          <Button
            variant="primary"
            size="large"
            isWide
            isDisabled={join.isJoining}
            onPress={() => enter(false)}
          >
            {t(join.isJoining ? "lobby.joining" : "lobby.join")}
          </Button>
        ) : null}
        {mayEnter && maySend && !hasOtherWay ? (
          <Button variant="ghost" isWide isDisabled={join.isJoining} onPress={() => enter(true)}>
            {t("lobby.listen_only")}
          </Button>
        ) : null}
        {lobby.you ? null : (
          <ButtonLink
            href={loginPath(conferencePath(lobby.id))}
            variant={mayEnter ? "quiet" : "primary"}
            isWide
            onFollow={navigate}
          >
            {t(mayEnter ? "lobby.sign_in_instead" : "action.sign_in")}
          </ButtonLink>
        )}
      </div>
    </aside>
  );
}
