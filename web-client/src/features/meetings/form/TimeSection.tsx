/**
 * When the meeting is, how long, from when on people are let in, and who may come without an account.
 */
import { useTranslation } from "react-i18next";
import { dayOf, timeRange } from "../../../i18n/format";
import { useLanguage } from "../../../ui/language";
import { Select } from "../../../ui/Select";
import { Switch } from "../../../ui/Switch";
import { TextField } from "../../../ui/TextField";
import { numberIn, startOf } from "./draft";
import styles from "./Fields.module.css";
import { FormSection } from "./FormSection";
import type { PartProps } from "./part";
import { useProblem } from "./use-problem";

/** Minutes before the start; the empty one: at any time. */
const BEFORE: readonly string[] = ["", "0", "15", "30", "60", "120"];

export function TimeSection({ draft, change, problems }: PartProps) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const problem = useProblem(problems);
  // Fields show a date in the order of the browser's language; this reads it as everywhere else.
  const startsMs = startOf(draft);
  const options = [...new Set([...BEFORE, draft.opensBefore])].map((minutes) => ({
    id: minutes || "any",
    label:
      minutes === ""
        ? t("form.opens_any")
        : minutes === "0"
          ? t("form.opens_at_start")
          : t("form.opens_before", { minutes }),
  }));
  return (
    <FormSection title={t("form.time")} text={t("form.time_text")}>
      <div className={styles.row}>
        <TextField
          label={t("form.day")}
          type="date"
          value={draft.day}
          onChange={(day) => change({ day })}
          error={problem("day")}
          isRequired
        />
        <TextField
          label={t("form.start")}
          type="time"
          value={draft.time}
          onChange={(time) => change({ time })}
          error={problem("time")}
          isRequired
        />
        <TextField
          label={t("form.minutes")}
          inputMode="numeric"
          value={draft.minutes}
          onChange={(minutes) => change({ minutes })}
          error={problem("minutes")}
          isRequired
        />
        <Select
          label={t("form.opens")}
          options={options}
          value={draft.opensBefore || "any"}
          placeholder=""
          onChange={(id) => change({ opensBefore: id === "any" ? "" : id })}
        />
      </div>
      {startsMs === null ? null : (
        <p className={styles.help}>
          {dayOf(startsMs, language)} · {timeRange(startsMs, numberIn(draft.minutes) ?? 0)}
        </p>
      )}
      <div>
        <Switch
          isOn={draft.waitingRoom}
          onChange={(waitingRoom) => change({ waitingRoom })}
          help={t("create.waiting_room_help")}
        >
          {t("create.waiting_room")}
        </Switch>
        <Switch isOn={draft.guests} onChange={(guests) => change({ guests })} help={t("create.guests_help")}>
          {t("create.guests")}
        </Switch>
      </div>
    </FormSection>
  );
}
