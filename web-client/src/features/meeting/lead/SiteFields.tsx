/**
 * What is written down at a site: number of people, a note, names. Digits typed here are no results; Escape
 * leads back to the keys.
 */
import type { KeyboardEvent } from "react";
import { Input, Label, TextArea, TextField } from "react-aria-components";
import { useTranslation } from "react-i18next";
import styles from "./SiteFields.module.css";

export interface Draft {
  people: string;
  note: string;
  names: string;
}

type SiteFieldsProps = { draft: Draft; onChange: (draft: Draft) => void };

export function SiteFields({ draft, onChange }: SiteFieldsProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.fields}>
      <TextField
        className={styles.field ?? ""}
        name="people"
        value={draft.people}
        onChange={(people) => onChange({ ...draft, people: people.replace(/\D/gu, "").slice(0, 5) })}
      >
        <Label className={styles.label ?? ""}>
          {t("roll.people")} <kbd>S</kbd>
        </Label>
        <Input className={styles.input ?? ""} inputMode="numeric" onKeyDown={leaveOnEnter} />
      </TextField>
      <TextField
        className={styles.field ?? ""}
        name="note"
        value={draft.note}
        maxLength={500}
        onChange={(note) => onChange({ ...draft, note })}
      >
        <Label className={styles.label ?? ""}>
          {t("roll.note")} <kbd>N</kbd>
        </Label>
        <Input className={styles.input ?? ""} onKeyDown={leaveOnEnter} />
      </TextField>
      <TextField
        className={styles.field ?? ""}
        name="names"
        value={draft.names}
        maxLength={4000}
        onChange={(names) => onChange({ ...draft, names })}
      >
        <Label className={styles.label ?? ""}>{t("roll.names")}</Label>
        <TextArea className={styles.input ?? ""} rows={1} placeholder={t("roll.names_help")} />
      </TextField>
    </div>
  );
}

function leaveOnEnter(event: KeyboardEvent<HTMLInputElement>) {
  // Enter that chooses a word of a typing tool must not leave the field.
  if (event.key === "Enter" && !event.nativeEvent.isComposing) event.currentTarget.blur();
}
