/**
 * Name and unit of a guest, remembered in this browser so that nobody types them twice.
 */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SettingsStore } from "../../state/settings-store";
import { TextField } from "../../ui/TextField";

/** What the server takes; more than the longest name and the longest unit of a province. */
const MAX_NAME = 120;
const MAX_UNIT = 120;

export type GuestFieldsState = {
  entry: { name: string; unit: string };
  isMissing: boolean;
  change: (part: { name?: string; unit?: string }) => void;
  /** Whether the guest may go on; says what is missing otherwise. */
  check: () => boolean;
};

export function useGuestFields(settings: SettingsStore): GuestFieldsState {
  const [entry, setEntry] = useState(() => {
    const { guestName, guestUnit } = settings.store.getState();
    return { name: guestName, unit: guestUnit };
  });
  const [isMissing, setMissing] = useState(false);
  return {
    entry: { name: entry.name.trim().normalize("NFC"), unit: entry.unit.trim().normalize("NFC") },
    isMissing,
    change(part) {
      const next = { ...entry, ...part };
      setEntry(next);
      settings.change({ guestName: next.name.trim(), guestUnit: next.unit.trim() });
      if (next.name.trim() !== "") setMissing(false);
    },
    check() {
      setMissing(entry.name.trim() === "");
      return entry.name.trim() !== "";
    },
  };
}

type GuestFieldsProps = { fields: GuestFieldsState; onEnter: () => void };

export function GuestFields({ fields, onEnter }: GuestFieldsProps) {
  const { t } = useTranslation();
  const [raw, setRaw] = useState(fields.entry);
  const change = (part: { name?: string; unit?: string }) => {
    setRaw({ ...raw, ...part });
    fields.change(part);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onEnter();
      }}
      style={{ display: "contents" }}
      noValidate
    >
      <TextField
        label={t("lobby.your_name")}
        value={raw.name}
        onChange={(name) => change({ name })}
        maxLength={MAX_NAME}
        autoComplete="name"
        isRequired
        error={fields.isMissing ? t("lobby.name_missing") : undefined}
      />
      <TextField
        label={t("lobby.your_unit")}
        value={raw.unit}
        onChange={(unit) => change({ unit })}
        maxLength={MAX_UNIT}
        autoComplete="organization"
      />
      <button type="submit" hidden />
    </form>
  );
}
