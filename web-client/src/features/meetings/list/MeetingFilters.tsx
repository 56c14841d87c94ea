/**
 * Search and filters over the list of meetings. What is typed narrows it after a short rest; choices at
 * once. Holds nothing but what is being typed.
 */
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { dayField, dayStart } from "../../../i18n/format";
import type { MeetingQuery } from "../../../protocol/meetings";
import { Button } from "../../../ui/Button";
import { Select } from "../../../ui/Select";
import { Switch } from "../../../ui/Switch";
import { TextField } from "../../../ui/TextField";
import styles from "./MeetingsPage.module.css";
import { EVERYTHING, endOfDay, isNarrowed, KINDS, lastDay, STATES } from "./meeting-query";

/** How long typing must rest before the list is asked, in ms. */
const REST_MS = 300;
const ALL = "all";

type MeetingFiltersProps = { query: MeetingQuery; onChange: (next: MeetingQuery, replace?: boolean) => void };

export function MeetingFilters({ query, onChange }: MeetingFiltersProps) {
  const { t } = useTranslation();
  const narrow = (part: Partial<MeetingQuery>) => onChange({ ...query, ...part, page: 1 });
  return (
    <search className={styles.filters} aria-label={t("meetings.filters")}>
      <SearchField key={query.q === "" ? "empty" : "some"} query={query} onChange={onChange} />
      <TextField
        label={t("meetings.from")}
        type="date"
        value={query.fromMs === null ? "" : dayField(query.fromMs)}
        onChange={(day) => narrow({ fromMs: dayStart(day) })}
      />
      <TextField
        label={t("meetings.to")}
        type="date"
        value={query.toMs === null ? "" : lastDay(query.toMs)}
        onChange={(day) => narrow({ toMs: endOfDay(day) })}
      />
      <Select
        label={t("meetings.state_label")}
        options={[ALL, ...STATES].map((id) => ({
          id,
          label: t(id === ALL ? "meetings.any" : (`meetings.state.${id}` as "meetings.state.planned")),
        }))}
        value={query.state || ALL}
        placeholder=""
        onChange={(id) => narrow({ state: id === ALL ? "" : id })}
      />
      <Select
        label={t("chair.kind")}
        options={[ALL, ...KINDS].map((id) => ({
          id,
          label: t(id === ALL ? "meetings.any" : (`kind.${id}` as "kind.normal")),
        }))}
        value={query.kind || ALL}
        placeholder=""
        onChange={(id) => narrow({ kind: id === ALL ? "" : id })}
      />
      <div className={styles.mine}>
        <Switch isOn={query.mine} onChange={(mine) => narrow({ mine })}>
          {t("meetings.mine")}
        </Switch>
        {isNarrowed(query) ? (
          <Button variant="quiet" icon={<X size={16} aria-hidden />} onPress={() => onChange(EVERYTHING)}>
            {t("meetings.show_all")}
          </Button>
        ) : null}
      </div>
    </search>
  );
}

function SearchField({ query, onChange }: MeetingFiltersProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(query.q);
  useEffect(() => {
    const words = text.trim().normalize("NFC");
    if (words === query.q) return;
    const timer = setTimeout(() => onChange({ ...query, q: words, page: 1 }, true), REST_MS);
    return () => clearTimeout(timer);
  }, [text, query, onChange]);
  return (
    <div className={styles.search}>
      <TextField
        label={t("meetings.search")}
        placeholder={t("meetings.search_example")}
        type="search"
        value={text}
        onChange={setText}
        maxLength={200}
      />
    </div>
  );
}
