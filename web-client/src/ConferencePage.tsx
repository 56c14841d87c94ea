/**
 * Everything behind one conference link: door, lobby, waiting room, meeting, farewell.
 *
 * Called by App for /c/ID. Chooses which of them is on screen from the phase of the meeting; holds
 * the meeting itself, so that nobody is thrown out when the connection breaks.
 */
import { CircleHelp, WifiOff } from "lucide-react";
import { useEffect, useLayoutEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useStore } from "zustand";
import { useArrival, useDoor } from "./arrival";
import { FarewellPage } from "./features/farewell/FarewellPage";
import { maySendMedia } from "./features/lobby/door";
import { LobbyPage } from "./features/lobby/LobbyPage";
import { WaitingRoom } from "./features/lobby/WaitingRoom";
import { MeetingPage } from "./features/meeting/MeetingPage";
import { enterAsGuest, HttpError } from "./protocol/http";
import { HOME } from "./routes";
import type { Meeting } from "./state/meeting";
import type { SettingsStore } from "./state/settings-store";
import { Button } from "./ui/Button";
import { httpSentence, refusalSentence } from "./ui/refusals";
import { TextPage } from "./ui/TextPage";

type ConferencePageProps = {
  id: string;
  settings: SettingsStore;
  createMeeting: (id: string) => Meeting;
};

export function ConferencePage({ id, settings, createMeeting }: ConferencePageProps) {
  const { t } = useTranslation();
  const [round, setRound] = useState(0);
  const tokenFailure = useArrival();
  const door = useDoor(id, { isEnabled: tokenFailure !== undefined, isWatched: false });
  if (door.data) {
    return (
      <Seat
        key={round}
        id={id}
        settings={settings}
        tokenFailure={tokenFailure ?? null}
        createMeeting={createMeeting}
        onAgain={() => setRound(round + 1)}
      />
    );
  }
  if (door.isError) return <DoorFailure failure={door.error} onRetry={() => void door.refetch()} />;
  return <div role="status" aria-label={t("app.loading")} />;
}

type SeatProps = {
  id: string;
  settings: SettingsStore;
  tokenFailure: unknown;
  createMeeting: (id: string) => Meeting;
  onAgain: () => void;
};

function Seat({ id, settings, tokenFailure, createMeeting, onAgain }: SeatProps) {
  const { t } = useTranslation();
  const [meeting] = useState(() => createMeeting(id));
  const [isEntering, setEntering] = useState(false);
  const [failure, setFailure] = useState<unknown>(tokenFailure);
  const phase = useStore(meeting.store, (state) => state.phase);
  const refusal = useStore(meeting.store, (state) => state.refusal);
  const ended = useStore(meeting.store, (state) => state.ended);
  const place = useStore(meeting.store, (state) => state.waitingPlace);
  const isBefore = phase === "idle" || phase === "refused";
  const door = useDoor(id, { isEnabled: true, isWatched: isBefore });
  const lobby = door.data?.lobby;
  const isOver = isBefore && (lobby?.ended ?? false);
  useOwnDevices(meeting, settings, lobby !== undefined && !isOver && maySendMedia(lobby.you));

  if (!lobby) return null;
  if (phase === "in") return <MeetingPage meeting={meeting} settings={settings} />;
  if (phase === "waiting") {
    return <WaitingRoom title={lobby.title} place={place} onLeave={() => void meeting.commands.leave()} />;
  }
  if (phase === "ended" && ended) {
    return (
      <FarewellPage
        kind={ended.reason}
        by={ended.by}
        {...(ended.reason === "ended" ? {} : { onRejoin: onAgain })}
      />
    );
  }
  if (isOver) return <FarewellPage kind="ended" />;
  const join = async (guest: { name: string; unit: string } | null, listensOnly: boolean) => {
    setFailure(null);
    setEntering(true);
    try {
      if (guest) await enterAsGuest(id, guest);
      const { microphone, camera } = meeting.local.store.getState();
      if (!listensOnly) {
        settings.change({ entersWithMicrophone: microphone.isOn, entersWithCamera: camera.isOn });
      } else {
        await meeting.local.setMicrophone(false);
        await meeting.local.setCamera(false);
      }
      meeting.commands.join();
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setEntering(false);
    }
  };
  const sentence = failure
    ? httpSentence(failure, t)
    : phase === "refused" && refusal
      ? refusalSentence(refusal, t)
      : null;
  return (
    <LobbyPage
      lobby={lobby}
      delayMs={door.data?.delayMs ?? null}
      local={meeting.local}
      settings={settings}
      join={{
        isJoining: isEntering || phase === "joining",
        failure: sentence,
        onJoin: (guest, listensOnly) => void join(guest, listensOnly),
      }}
    />
  );
}

/** Opens what the person had on last time, and lets go of everything when the page is left. */
function useOwnDevices(meeting: Meeting, settings: SettingsStore, maySend: boolean): void {
  // Before the first paint, so that the switches never show "off" and then move by themselves.
  useLayoutEffect(() => {
    if (!maySend) return;
    const { entersWithMicrophone, entersWithCamera } = settings.store.getState();
    if (entersWithMicrophone) void meeting.local.setMicrophone(true);
    if (entersWithCamera) void meeting.local.setCamera(true);
  }, [meeting, settings, maySend]);
  useEffect(() => () => meeting.close(), [meeting]);
}

function DoorFailure({ failure, onRetry }: { failure: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const code = failure instanceof HttpError ? failure.refusal.error : "failure";
  const isUnknown = code === "no_such_conference" || code === "not_found";
  return (
    <TextPage
      kind={isUnknown ? "warn" : "danger"}
      icon={isUnknown ? <CircleHelp size={20} /> : <WifiOff size={20} />}
      title={t(isUnknown ? "lobby.unknown_title" : "lobby.offline_title")}
      text={t(isUnknown ? "lobby.unknown_text" : "lobby.offline_text")}
      code={t("lobby.code", { code })}
      actions={
        <>
          <Button variant="primary" onPress={onRetry}>
            {t("action.retry")}
          </Button>
          <Button onPress={() => navigate(HOME)}>{t("farewell.home")}</Button>
        </>
      }
    />
  );
}
