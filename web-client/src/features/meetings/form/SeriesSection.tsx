/**
 * Whether the meeting repeats, and the days on which it does, as the server counts them.
 */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { dayOf } from "../../../i18n/format";
import { seriesTimes } from "../../../protocol/meetings";
import { useLanguage } from "../../../ui/language";
import { httpSentence } from "../../../ui/refusals";
import { Select } from "../../../ui/Select";
import { TextField } from "../../../ui/TextField";
import { type SeriesChoice, seriesOf, startOf } from "./draft";
import styles from "./Fields.module.css";
import { FormSection } from "./FormSection";
import type { PartProps } from "./part";
import { useProblem } from "./use-problem";

const CHOICES: readonly SeriesChoice[] = ["none", "week", "two_weeks", "month"];

export function SeriesSection({ draft, change, problems }: PartProps) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const problem = useProblem(problems);
  const startsMs = startOf(draft);
  const rule = seriesOf(draft);
  const times = useQuery({
    queryKey: ["series", startsMs, rule],
    queryFn: () => (rule && startsMs !== null ? seriesTimes(startsMs, rule) : { starts_ms: [] }),
    enabled: rule !== null && startsMs !== null,
  });
  return (
    <FormSection title={t("form.series")} text={t("form.series_text")}>
      <div className={styles.row}>
        <Select
          label={t("form.repeats")}
          options={CHOICES.map((id) => ({ id, label: t(`form.series_${id}`) }))}
          value={draft.series}
          placeholder=""
          onChange={(id) => change({ series: CHOICES.find((one) => one === id) ?? "none" })}
        />
        {draft.series === "none" ? null : (
          <TextField
            label={t("form.series_count")}
            inputMode="numeric"
            value={draft.seriesCount}
            onChange={(seriesCount) => change({ seriesCount })}
            error={problem("seriesCount")}
          />
        )}
      </div>
      {rule && times.data ? (
        <ol className={styles.dates} aria-label={t("form.series_days")}>
          {times.data.starts_ms.map((at) => (
            <li key={at}>{dayOf(at, language)}</li>
          ))}
        </ol>
      ) : null}
      {times.isError ? (
        <p className={styles.help} role="alert">
          {httpSentence(times.error, t)}
        </p>
      ) : null}
    </FormSection>
  );
}
