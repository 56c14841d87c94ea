/**
 * The lower third of the called site: number, name, group, people, and its sound.
 */
import { useCallback, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ParticipantId, SiteView } from "../../../protocol/generated";
import { useLevelVariable } from "../../../ui/level";
import { LevelMeter } from "../../../ui/Meter";
import { useMeeting } from "../meeting-context";
import styles from "./SitePlate.module.css";

type SitePlateProps = { site: SiteView; place: number; holder: ParticipantId | undefined };

export function SitePlate({ site, place, holder }: SitePlateProps) {
  const { t } = useTranslation();
  const meeting = useMeeting();
  const plate = useRef<HTMLDivElement>(null);
  const subscribe = useCallback(
    (listener: (level: number) => void) => meeting.onLevel(holder ?? 0, listener),
    [meeting, holder],
  );
  useLevelVariable(plate, holder === undefined ? null : subscribe);
  const facts = [
    site.group,
    site.people === undefined ? "" : t("roll.people_there", { count: site.people }),
  ].filter(Boolean);
  return (
    <div ref={plate} className={styles.plate}>
      <span className={styles.place}>{place}</span>
      <div className={styles.words}>
        <p className={styles.name}>{site.name}</p>
        <p className={styles.facts}>{facts.join(" · ")}</p>
      </div>
      {holder === undefined ? null : <LevelMeter label={t("roll.level")} />}
    </div>
  );
}
