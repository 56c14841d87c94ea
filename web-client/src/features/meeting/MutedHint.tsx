/**
 * Tells somebody who speaks with the microphone off, with one press to switch it on.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { may } from "../../state/meeting-store";
import { useLevelVariable } from "../../ui/level";
import { SpeakingBars } from "../../ui/Meter";
import styles from "./MutedHint.module.css";
import { useMeeting, useMeetingState, useRun, useView } from "./meeting-context";

/** Louder than this is taken for speech. */
const SPEECH_LEVEL = 0.35;
/** So many loud readings (15 a second) within the last ones show the hint. */
const LOUD_READINGS = 8;
/** The hint stays this long after the last loud reading, in ms. */
const STAYS_MS = 4000;

export function MutedHint() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const isTalkKeyDown = useView((state) => state.isTalkKeyDown);
  const isHeard = useSpeaksWhileMuted();
  const card = useRef<HTMLButtonElement>(null);
  const subscribe = useOwnLevel();
  useLevelVariable(card, isHeard || isTalkKeyDown ? subscribe : null);
  if (isTalkKeyDown) {
    return (
      <p className={`${styles.hint} ${styles.talking}`} role="status">
        <SpeakingBars />
        {t("bar.push_to_talk")}
      </p>
    );
  }
  if (!isHeard) return null;
  return (
    <div role="status" className={styles.place}>
      <Button ref={card} className={styles.hint ?? ""} onPress={() => void run(commands.toggleMicrophone())}>
        <SpeakingBars />
        <span className={styles.words}>
          <strong>{t("bar.muted_hint")}</strong>
          <span>{t("bar.muted_hint_press")}</span>
        </span>
      </Button>
    </div>
  );
}

function useOwnLevel() {
  const meeting = useMeeting();
  return useCallback((listener: (level: number) => void) => meeting.onLevel("self", listener), [meeting]);
}

function useSpeaksWhileMuted(): boolean {
  const subscribe = useOwnLevel();
  const isMuted = useMeetingState((state) => !state.own.microphone && may("send_sound")(state));
  const [isHeard, setHeard] = useState(false);
  useEffect(() => {
    setHeard(false);
    if (!isMuted) return;
    let loud = 0;
    let hide: ReturnType<typeof setTimeout> | undefined;
    const end = subscribe((level) => {
      loud = Math.max(0, loud + (level > SPEECH_LEVEL ? 1 : -0.5));
      if (loud < LOUD_READINGS) return;
      loud = LOUD_READINGS / 2;
      setHeard(true);
      clearTimeout(hide);
      hide = setTimeout(() => setHeard(false), STAYS_MS);
    });
    return () => {
      end();
      clearTimeout(hide);
    };
  }, [isMuted, subscribe]);
  return isHeard && isMuted;
}
