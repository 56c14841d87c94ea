/**
 * The site that is called now: large live picture, what is measured, who sits there, and the results.
 *
 * One for each site: what was typed for one never goes to the next.
 */
import { Eye, MicOff } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SiteResult, SiteView } from "../../../protocol/generated";
import { dueAfter, holders } from "../../../state/course";
import type { SettingsStore } from "../../../state/settings-store";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import styles from "./CalledSite.module.css";
import { Preview } from "./Preview";
import { ResultKeys } from "./ResultKeys";
import type { RollAct } from "./roll-keys";
import { SiteFacts } from "./SiteFacts";
import { type Draft, SiteFields } from "./SiteFields";
import { SitePlate } from "./SitePlate";
import { useRollKeys } from "./use-roll-keys";

type CalledSiteProps = { site: SiteView; isPaused: boolean; settings: SettingsStore };

export function CalledSite({ site, isPaused, settings }: CalledSiteProps) {
  const { t } = useTranslation();
  const { commands, store } = useMeeting();
  const run = useRun();
  const holder = useMeetingState((state) => holders(state).get(site.id));
  const muted = useMeetingState(
    (state) => [...state.participants.values()].filter((person) => !person.microphone).length,
  );
  const place = useMeetingState((state) => state.siteOrder.indexOf(site.id) + 1);
  const [draft, setDraft] = useState<Draft>({
    people: site.people === undefined ? "" : String(site.people),
    note: site.note,
    names: site.names,
  });
  const fields = useRef<HTMLDivElement>(null);
  const course = (request: Parameters<typeof commands.course>[0]) => void run(commands.course(request));
  const mark = (result: SiteResult) => {
    const people = Number.parseInt(draft.people, 10);
    course({
      type: "mark_site",
      site: site.id,
      result,
      note: draft.note.trim().normalize("NFC"),
      names: draft.names.trim().normalize("NFC"),
      seen_ms: site.marked_ms ?? 0,
      ...(Number.isInteger(people) ? { people } : {}),
    });
  };
  const act = (wanted: RollAct) => {
    const { siteOrder, sites } = store.getState();
    if (wanted.act === "pause") course({ type: isPaused ? "start_roll_call" : "pause_roll_call" });
    else if (wanted.act === "note" || wanted.act === "people") {
      fields.current?.querySelector<HTMLElement>(`[name=${wanted.act}]`)?.focus();
    } else if (isPaused) return;
    else if (wanted.act === "mark") mark(wanted.result);
    else if (wanted.act === "again") {
      if (holder === undefined) course({ type: "call_absent", sites: [site.id] });
    } else {
      const before = siteOrder[siteOrder.indexOf(site.id) - 1];
      const to = wanted.act === "back" ? before : dueAfter(siteOrder, sites, site.id)[0];
      if (to !== undefined) course({ type: "call_site", site: to });
    }
  };
  useRollKeys(settings, act);
  return (
    <section className={styles.site} aria-label={t("roll.current", { name: site.name })}>
      <div className={styles.picture}>
        <Preview id={holder} importance={2}>
          {holder === undefined ? null : (
            <span className={styles.shown} data-paused={isPaused || undefined}>
              <Eye size={14} aria-hidden />
              {t(isPaused ? "roll.not_shown" : "roll.shown")}
            </span>
          )}
          <span className={styles.muted}>
            <MicOff size={14} aria-hidden />
            {t("roll.muted", { count: muted })}
          </span>
          <SitePlate site={site} place={place} holder={holder} />
        </Preview>
      </div>
      <SiteFacts holder={holder} />
      <div ref={fields}>
        <SiteFields draft={draft} onChange={setDraft} />
      </div>
      <ResultKeys isPaused={isPaused} mayCall={holder === undefined} onAct={act} />
    </section>
  );
}
