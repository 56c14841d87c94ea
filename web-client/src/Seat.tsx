/**
 * One try to be in a meeting, from the lobby to the farewell: chooses what is on screen from the phase
 * of the meeting, and holds the meeting itself, so that nobody is thrown out when the connection breaks.
 *
 * Used by ConferencePage, which makes a new one when the person comes back.
 */
import { lazy, Suspense, useEffect, useLayoutEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { useDoor } from "./arrival";
import { FarewellPage } from "./features/farewell/FarewellPage";
import type { DoorTrouble } from "./features/lobby/DoorNotice";
import { maySendMedia } from "./features/lobby/door";
import { LobbyPage } from "./features/lobby/LobbyPage";
import { WaitingRoom } from "./features/lobby/WaitingRoom";
import { withWords } from "./i18n";
import type { Refusal } from "./protocol/error-codes";
import { enterAsGuest } from "./protocol/http";
import type { Meeting } from "./state/meeting";
import type { SettingsStore } from "./state/settings-store";
import { httpSentence, refusalSentence } from "./ui/refusals";

// Fetched once the lobby stands there, so that the first page comes sooner and the join does not wait.
const loadMeeting = () => withWords(() => import("./features/meeting/MeetingPage"));
const MeetingPage = lazy(() => loadMeeting().then((loaded) => ({ default: loaded.MeetingPage })));

type SeatProps = {
  id: string;
  settings: SettingsStore;
  tokenFailure: unknown;
  /** Comes back by "move here": takes the place over at once. */
  isMoving: boolean;
  createMeeting: (id: string) => Meeting;
  onAgain: (isMoving: boolean) => void;
};

export function Seat({ id, settings, tokenFailure, isMoving, createMeeting, onAgain }: SeatProps) {
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
  useMoveBack(meeting, isMoving);
  useMeetingAhead(lobby !== undefined);

  if (!lobby) return null;
  if (phase === "in") {
    return (
      <Suspense fallback={<div role="status" aria-label={t("app.loading")} />}>
        <MeetingPage meeting={meeting} settings={settings} />
      </Suspense>
    );
  }
  if (phase === "waiting") {
    return (
      <WaitingRoom
        title={lobby.title}
        place={place}
        shown={lobby.you ?? { name: settings.store.getState().guestName, unit: "" }}
        onLeave={() => void meeting.commands.leave()}
      />
    );
  }
  if (phase === "ended" && ended) {
    const back = () => onAgain(ended.reason === "joined_elsewhere");
    return (
      <FarewellPage
        kind={ended.reason}
        by={ended.by}
        {...(ended.reason === "ended" ? {} : { onRejoin: back })}
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
  const trouble = phase === "refused" ? troubleOf(refusal) : null;
  const sentence = failure
    ? httpSentence(failure, t)
    : phase === "refused" && refusal && trouble === null
      ? refusalSentence(refusal, t)
      : null;
  return (
    <LobbyPage
      lobby={lobby}
      delayMs={door.data?.delayMs ?? null}
      clockOffsetMs={door.data?.clockOffsetMs ?? null}
      local={meeting.local}
      settings={settings}
      join={{
        isJoining: isEntering || phase === "joining",
        failure: sentence,
        trouble,
        onJoin: (guest, listensOnly) => void join(guest, listensOnly),
        onMove: () => meeting.commands.join(true),
      }}
    />
  );
}

/** Refusals that have a picture and a way on of their own. */
function troubleOf(refusal: Refusal | null): DoorTrouble | null {
  if (refusal?.error === "inside_elsewhere") return "elsewhere";
  if (refusal?.error === "not_open") return "not_open";
  if (refusal?.error === "server_full") return "server_full";
  return null;
}

/** The first signs that somebody is there, each long before the press on "join" can follow. */
const FIRST_SIGNS = ["pointermove", "pointerdown", "keydown"] as const;

/** Fetches the meeting's page when somebody stirs in the lobby; who only looks in loads less. */
function useMeetingAhead(isLobbyShown: boolean): void {
  useEffect(() => {
    if (!isLobbyShown) return;
    const seen = new AbortController();
    const fetchAhead = () => {
      seen.abort();
      // What does not come now is asked for again by who enters.
      loadMeeting().catch(() => undefined);
    };
    for (const sign of FIRST_SIGNS) window.addEventListener(sign, fetchAhead, { signal: seen.signal });
    return () => seen.abort();
  }, [isLobbyShown]);
}

/** Takes the place over without another press: the person has just pressed "move back here". */
function useMoveBack(meeting: Meeting, isMoving: boolean): void {
  useEffect(() => {
    if (isMoving) meeting.commands.join(true);
  }, [meeting, isMoving]);
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
