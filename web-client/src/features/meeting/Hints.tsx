/**
 * Four small hints for the first meeting in this browser, one after the other, beside the pictures.
 *
 * Called by MeetingPage. Takes no focus, covers no control, and does not come back.
 */
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SettingsStore } from "../../state/settings-store";
import { Button } from "../../ui/Button";
import { IconButton } from "../../ui/IconButton";
import styles from "./Hints.module.css";
import { hintsFor } from "./hint-steps";
import { useMeetingState } from "./meeting-context";
import { keysOf } from "./shortcuts";

/** Whether there is something finer than a finger, and so most likely a keyboard. */
const HAS_KEYBOARD = "(any-pointer: fine)";

export function Hints({ settings }: { settings: SettingsStore }) {
  const { t } = useTranslation();
  const acts = useMeetingState((state) => state.you?.may);
  const [isOpen, setOpen] = useState(() => !settings.store.getState().hasSeenHints);
  const [at, setAt] = useState(0);
  useEffect(() => {
    if (isOpen) settings.change({ hasSeenHints: true });
  }, [isOpen, settings]);
  const hasKeyboard = window.matchMedia(HAS_KEYBOARD).matches;
  const hints = hintsFor(acts ?? [], hasKeyboard);
  const hint = hints[at];
  if (!isOpen || hint === undefined) return null;
  const isLast = at === hints.length - 1;
  const end = () => setOpen(false);
  return (
    <section
      className={styles.hints}
      aria-label={t("hint.region")}
      data-region
      onKeyDown={(event) => {
        if (event.key === "Escape") end();
      }}
    >
      <div className={styles.words} aria-live="polite">
        <strong>{t(`hint.${hint.id}_title`)}</strong>
        <span>{t(`hint.${hint.id}_text`)}</span>
        {hasKeyboard ? <kbd className={styles.keys}>{keysOf(hint.shortcut, t)}</kbd> : null}
      </div>
      <IconButton size="dense" label={t("hint.skip")} onPress={end}>
        <X size={18} aria-hidden />
      </IconButton>
      <div className={styles.actions}>
        <span>{t("hint.place", { place: at + 1, count: hints.length })}</span>
        <Button size="dense" onPress={() => (isLast ? end() : setAt(at + 1))}>
          {t(isLast ? "hint.done" : "hint.next")}
        </Button>
      </div>
    </section>
  );
}
