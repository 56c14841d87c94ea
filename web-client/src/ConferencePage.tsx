/**
 * Everything behind one conference link: the door, and then seats, one after the other.
 *
 * Called by App for /c/ID.
 */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useArrival, useDoor } from "./arrival";
import { HttpError } from "./protocol/http";
import { HOME } from "./routes";
import { Seat } from "./Seat";
import type { Meeting } from "./state/meeting";
import type { SettingsStore } from "./state/settings-store";
import { Button } from "./ui/Button";
import { TextPage } from "./ui/TextPage";

type ConferencePageProps = {
  id: string;
  settings: SettingsStore;
  createMeeting: (id: string) => Meeting;
};

export function ConferencePage({ id, settings, createMeeting }: ConferencePageProps) {
  const { t } = useTranslation();
  const [round, setRound] = useState({ number: 0, isMoving: false });
  const tokenFailure = useArrival();
  const door = useDoor(id, { isEnabled: tokenFailure !== undefined, isWatched: false });
  if (door.data) {
    return (
      <Seat
        key={round.number}
        id={id}
        settings={settings}
        tokenFailure={tokenFailure ?? null}
        createMeeting={createMeeting}
        isMoving={round.isMoving}
        onAgain={(isMoving) => setRound({ number: round.number + 1, isMoving })}
      />
    );
  }
  if (door.isError) return <DoorFailure failure={door.error} onRetry={() => void door.refetch()} />;
  return <div role="status" aria-label={t("app.loading")} />;
}

function DoorFailure({ failure, onRetry }: { failure: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const code = failure instanceof HttpError ? failure.refusal.error : "failure";
  const isUnknown = code === "no_such_conference" || code === "not_found";
  return (
    <TextPage
      kind={isUnknown ? "warn" : "danger"}
      picture={isUnknown ? "unknown" : "offline"}
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
