/**
 * The meeting in a small window over other programs: the shared screen or who speaks, the own
 * microphone, and the way back. Goes with the meeting.
 */
import { Mic, MicOff, Undo2 } from "lucide-react";
import { useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { firstScreen, may, participantOf } from "../../state/meeting-store";
import { Avatar } from "../../ui/Avatar";
import styles from "./MiniWindow.module.css";
import { useMeeting, useMeetingState, useRun, useView, useViewStore } from "./meeting-context";
import { openWindow } from "./mini-window";
import { TilePicture, usePictureTrack } from "./TilePicture";

export function MiniWindow() {
  const { t } = useTranslation();
  const view = useViewStore();
  const isWanted = useView((state) => state.isMini);
  const [place, setPlace] = useState<Window | null>(null);
  const title = t("mini.title");
  useEffect(() => {
    if (!isWanted) return;
    let opened: Window | null = null;
    let isOver = false;
    const closed = () => view.setState({ isMini: false });
    void openWindow(title).then((window) => {
      opened = window;
      if (isOver || window === null) {
        window?.close();
        closed();
        return;
      }
      window.addEventListener("pagehide", closed, { once: true });
      setPlace(window);
    });
    return () => {
      isOver = true;
      setPlace(null);
      opened?.close();
    };
  }, [isWanted, view, title]);
  return place ? createPortal(<Mini />, place.document.body) : null;
}

function Mini() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const view = useViewStore();
  const presenter = useMeetingState(firstScreen);
  const speaker = useMeetingState(
    (state) =>
      state.speakers.find((one) => one.participant !== state.you?.participant)?.participant ??
      state.order.find((id) => id !== state.you?.participant),
  );
  const isOn = useMeetingState((state) => state.own.microphone);
  const maySpeak = useMeetingState(may("send_sound"));
  const shown = presenter ?? speaker;
  return (
    <div className={styles.mini}>
      <div className={styles.picture}>
        {shown === undefined ? null : (
          <Shown key={shown} id={shown} source={presenter === undefined ? "camera" : "screen"} />
        )}
      </div>
      <div className={styles.bar}>
        <button
          type="button"
          className={styles.button}
          data-off={!isOn || undefined}
          disabled={!maySpeak}
          onClick={() => void run(commands.toggleMicrophone())}
        >
          {isOn ? <Mic size={18} aria-hidden /> : <MicOff size={18} aria-hidden />}
          {t(isOn ? "bar.mic_turn_off" : "bar.mic_turn_on")}
        </button>
        <button type="button" className={styles.button} onClick={() => view.setState({ isMini: false })}>
          <Undo2 size={18} aria-hidden />
          {t("mini.back")}
        </button>
      </div>
    </div>
  );
}

function Shown({ id, source }: { id: number; source: "camera" | "screen" }) {
  const person = useMeetingState(participantOf(id));
  const track = usePictureTrack(id, source);
  return (
    <>
      {person?.camera || source === "screen" ? (
        <TilePicture id={id} track={track} source={source} importance={1} isOwn={false} />
      ) : null}
      {track ? null : <Avatar name={person?.name ?? "?"} size="large" />}
      <span className={styles.name}>
        <bdi>{person?.name}</bdi>
      </span>
    </>
  );
}
