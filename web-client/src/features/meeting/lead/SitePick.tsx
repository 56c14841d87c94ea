/**
 * The list of sites with search and a filter for the absent ones, and the call to all of those.
 */
import { PhoneCall } from "lucide-react";
import { memo, useState } from "react";
import { ToggleButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { clockTime } from "../../../i18n/format";
import type { SiteId } from "../../../protocol/generated";
import { holders } from "../../../state/course";
import { Button } from "../../../ui/Button";
import { folded } from "../../../ui/names";
import { TextField } from "../../../ui/TextField";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import bar from "./LeadBar.module.css";
import list from "./RollList.module.css";
import styles from "./SitePick.module.css";
import { useInSight } from "./use-in-sight";

type SitePickProps = { shown: SiteId; onPick: (id: SiteId) => void };

export function SitePick({ shown, onPick }: SitePickProps) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const [text, setText] = useState("");
  const [isAbsentOnly, setAbsentOnly] = useState(false);
  const sites = useMeetingState((state) => state.sites);
  const order = useMeetingState((state) => state.siteOrder);
  const there = useMeetingState(holders);
  const isPatrolling = useMeetingState((state) => state.patrol !== null);
  const rows = useInSight(useMeetingState((state) => state.patrol?.site));
  const absent = order.filter((id) => !there.has(id)).length;
  const wanted = folded(text);
  const found = order.filter((id) => {
    const site = sites.get(id);
    if (site === undefined || (isAbsentOnly && there.has(id))) return false;
    return folded(`${site.id} ${site.name} ${site.group}`).includes(wanted);
  });
  const pick = (id: SiteId) => {
    onPick(id);
    if (isPatrolling) void run(commands.course({ type: "turn_patrol", site: id }));
  };
  return (
    <section className={list.card} data-region="panel" tabIndex={-1} aria-label={t("sites.list")}>
      <div className={styles.head}>
        <TextField label={t("sites.search")} value={text} onChange={setText} type="search" />
        <ToggleButton className={bar.toggle ?? ""} isSelected={isAbsentOnly} onChange={setAbsentOnly}>
          {t("sites.absent_only", { count: absent })}
        </ToggleButton>
      </div>
      {found.length === 0 ? <p className={styles.none}>{t("sites.nothing")}</p> : null}
      <ol ref={rows} className={list.rows}>
        {found.map((id) => (
          <PickRow key={id} id={id} isShown={id === shown} isIn={there.has(id)} onPick={pick} />
        ))}
      </ol>
      <footer className={styles.foot}>
        <Button
          isDisabled={absent === 0}
          icon={<PhoneCall size={18} aria-hidden />}
          onPress={() => void run(commands.course({ type: "call_absent", sites: [] }))}
        >
          {t("sites.call_all", { count: absent })}
        </Button>
      </footer>
    </section>
  );
}

type PickRowProps = { id: SiteId; isShown: boolean; isIn: boolean; onPick: (id: SiteId) => void };

const PickRow = memo(function PickRow({ id, isShown, isIn, onPick }: PickRowProps) {
  const { t } = useTranslation();
  const site = useMeetingState((state) => state.sites.get(id));
  const place = useMeetingState((state) => state.siteOrder.indexOf(id) + 1);
  if (site === undefined) return null;
  const state = isIn
    ? ""
    : site.called_ms === undefined
      ? t("roll.not_in")
      : t("sites.called_at", { time: clockTime(site.called_ms) });
  return (
    <li className={list.row} data-site={id} data-state={isShown ? "current" : isIn ? "in" : "not_in"}>
      <button type="button" className={list.press} aria-pressed={isShown} onClick={() => onPick(id)}>
        <span className={list.place}>{place}</span>
        <span className={list.name}>{site.name}</span>
        <span className={list.state}>{state}</span>
      </button>
    </li>
  );
});
