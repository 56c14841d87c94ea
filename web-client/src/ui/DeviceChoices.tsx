/**
 * Microphone with level, speaker with test, camera: the three choices of a seat.
 *
 * Used by the lobby and by the meeting's device dialog. Opens nothing by itself.
 */
import { Camera, Mic, Volume2 } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import type { DeviceChoice, DeviceKind } from "../rtc/devices";
import type { LocalMedia } from "../rtc/local-media";
import { Button } from "./Button";
import styles from "./DeviceChoices.module.css";
import { useLevelVariable } from "./level";
import { LevelMeter } from "./Meter";
import { Select, type SelectOption } from "./Select";

type DeviceChoicesProps = {
  local: LocalMedia;
  layout?: "row" | "column";
  /** In a meeting others may hear, so nothing is promised beside the microphone. */
  isInMeeting?: boolean;
};

export function DeviceChoices({ local, layout = "row", isInMeeting = false }: DeviceChoicesProps) {
  const { t } = useTranslation();
  const devices = useStore(local.store, (state) => state.devices);
  const chosen = useStore(local.store, (state) => state.chosen);
  const place = useRef<HTMLDivElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  useLevelVariable(
    place,
    useCallback((listener) => local.onLevel(listener), [local]),
  );
  const options = (kind: DeviceKind) => choices(devices[kind], t("lobby.device_default"));
  const value = (kind: DeviceKind) => chosenAmong(devices[kind], chosen[kind]);
  const choose = (kind: DeviceKind) => (id: string) => void local.choose(kind, id === DEFAULT ? "" : id);
  const test = () => {
    setPlaying(true);
    void local.testSpeaker().finally(() => setPlaying(false));
  };
  return (
    <div className={`${styles.choices} ${styles[layout]}`}>
      <div ref={place}>
        <Select
          isSmallLabel
          label={
            <>
              <Mic size={14} aria-hidden />
              {t(isInMeeting ? "lobby.microphone_plain" : "lobby.microphone")}
            </>
          }
          options={options("microphone")}
          value={value("microphone")}
          placeholder={t("lobby.device_none_mic")}
          trailing={<LevelMeter label={t("lobby.level")} />}
          onChange={choose("microphone")}
        />
      </div>
      <Select
        isSmallLabel
        label={
          <>
            <Volume2 size={14} aria-hidden />
            {t("lobby.speaker")}
          </>
        }
        options={options("speaker")}
        value={value("speaker")}
        placeholder={t("lobby.device_none_speaker")}
        onChange={choose("speaker")}
        action={
          <Button variant="ghost" size="dense" onPress={test} isDisabled={isPlaying}>
            {t(isPlaying ? "lobby.testing_sound" : "lobby.test_sound")}
          </Button>
        }
      />
      <Select
        isSmallLabel
        label={
          <>
            <Camera size={14} aria-hidden />
            {t("lobby.camera")}
          </>
        }
        options={options("camera")}
        value={value("camera")}
        placeholder={t("lobby.device_none_camera")}
        onChange={choose("camera")}
      />
    </div>
  );
}

/** Id of "what the system has chosen" in the list; empty ids are not allowed there. */
const DEFAULT = "default";

function choices(found: readonly DeviceChoice[], nameOfDefault: string): readonly SelectOption[] {
  if (found.length === 0) return [];
  const named = found.filter((device) => device.id !== DEFAULT && device.id !== "communications");
  return [
    { id: DEFAULT, label: nameOfDefault },
    ...named.map((device, at) => ({ id: device.id, label: device.label || `${at + 1}` })),
  ];
}

function chosenAmong(found: readonly DeviceChoice[], id: string): string | null {
  if (found.length === 0) return null;
  return found.some((device) => device.id === id) ? id : DEFAULT;
}
