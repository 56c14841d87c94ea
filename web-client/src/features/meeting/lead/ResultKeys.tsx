/**
 * The results as large buttons, each with its key, and the ways on.
 */
import { ArrowLeft, Check, ImageOff, PhoneCall, SkipForward, UserX, VolumeX } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { SiteResult } from "../../../protocol/generated";
import styles from "./ResultKeys.module.css";
import { RESULTS, type RollAct } from "./roll-keys";

const SIGNS: Readonly<Record<SiteResult, ReactNode>> = {
  present: <Check size={20} aria-hidden />,
  no_sound: <VolumeX size={20} aria-hidden />,
  no_picture: <ImageOff size={20} aria-hidden />,
  absent: <UserX size={20} aria-hidden />,
};

type ResultKeysProps = { isPaused: boolean; mayCall: boolean; onAct: (act: RollAct) => void };

export function ResultKeys({ isPaused, mayCall, onAct }: ResultKeysProps) {
  const { t } = useTranslation();
  return (
    <section className={styles.keys} aria-label={t("roll.results")}>
      {RESULTS.map((result, at) => (
        <Button
          key={result}
          className={styles.key ?? ""}
          data-result={result}
          isDisabled={isPaused}
          onPress={() => onAct({ act: "mark", result })}
        >
          <kbd>{at + 1}</kbd>
          {SIGNS[result]}
          {t(`roll.${result}`)}
        </Button>
      ))}
      <Button
        className={styles.key ?? ""}
        data-way
        isDisabled={isPaused || !mayCall}
        onPress={() => onAct({ act: "again" })}
      >
        <kbd>R</kbd>
        <PhoneCall size={20} aria-hidden />
        {t("roll.again")}
      </Button>
      <Button
        className={styles.key ?? ""}
        data-way
        isDisabled={isPaused}
        onPress={() => onAct({ act: "back" })}
      >
        <kbd>←</kbd>
        <ArrowLeft size={20} aria-hidden />
        {t("roll.back")}
      </Button>
      <Button
        className={styles.key ?? ""}
        data-way
        isDisabled={isPaused}
        onPress={() => onAct({ act: "next" })}
      >
        <kbd title={t("shortcuts.key_space")}>␣</kbd>
        <SkipForward size={20} aria-hidden />
        {t("roll.next")}
      </Button>
    </section>
  );
}
