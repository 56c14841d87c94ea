/**
 * The two effects over the own devices, each with what it does or why it is off.
 *
 * Used below the devices in the lobby and in the meeting. Opens nothing by itself.
 */
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import type { EffectKind } from "../rtc/effects/effect";
import type { EffectState } from "../rtc/effects/own-effects";
import type { LocalMedia } from "../rtc/local-media";
import styles from "./EffectChoices.module.css";
import { Switch } from "./Switch";

const KINDS: readonly EffectKind[] = ["blur", "noise"];

export function EffectChoices({ local, layout = "row" }: { local: LocalMedia; layout?: "row" | "column" }) {
  const { t } = useTranslation();
  const effects = useStore(local.store, (state) => state.effects);
  const sentence = (kind: EffectKind, { trouble, isStarting }: EffectState) => {
    if (trouble !== null) return t(`effect.${kind}_${trouble}`);
    return t(isStarting ? "effect.starting" : `effect.${kind}_help`);
  };
  return (
    <fieldset className={`${styles.effects} ${styles[layout]}`} aria-label={t("effect.group")}>
      {KINDS.map((kind) => (
        <div key={kind} data-trouble={effects[kind].trouble ?? undefined}>
          <Switch
            isOn={effects[kind].isOn}
            onChange={(on) => void local.setEffect(kind, on)}
            help={sentence(kind, effects[kind])}
          >
            {t(`effect.${kind}`)}
          </Switch>
        </div>
      ))}
    </fieldset>
  );
}
