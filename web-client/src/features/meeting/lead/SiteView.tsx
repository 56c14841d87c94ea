/**
 * One site large: its picture for those who lead alone, and the ways to the stage and to the floor.
 */
import { Mic, MonitorUp, PhoneCall } from "lucide-react";
import { useTranslation } from "react-i18next";
import { clockTime } from "../../../i18n/format";
import type { SiteId } from "../../../protocol/generated";
import { holders } from "../../../state/course";
import { Button } from "../../../ui/Button";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import { Preview } from "./Preview";
import { SitePlate } from "./SitePlate";
import styles from "./SiteView.module.css";
import { useGrant } from "./use-grant";

export function SiteView({ id }: { id: SiteId }) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const grant = useGrant();
  const site = useMeetingState((state) => state.sites.get(id));
  const place = useMeetingState((state) => state.siteOrder.indexOf(id) + 1);
  const holder = useMeetingState((state) => holders(state).get(id));
  const isOnStage = useMeetingState(
    (state) => holder !== undefined && state.stage.of !== "nobody" && state.stage.pictures.includes(holder),
  );
  const isFree = useMeetingState((state) => state.stage.free);
  if (site === undefined) return null;
  const show = (participants: number[]) =>
    void run(
      commands.course({
        type: "set_stage",
        layout: participants.length > 0 ? "one" : "automatic",
        participants,
        free: isFree,
      }),
    );
  return (
    <section className={styles.view} aria-label={site.name}>
      <div className={styles.picture}>
        <Preview id={holder} importance={2}>
          <span className={styles.sign} data-shown={isOnStage || undefined}>
            {t(isOnStage ? "roll.shown" : "sites.private")}
          </span>
          <SitePlate site={site} place={place} holder={holder} />
        </Preview>
      </div>
      <div className={styles.actions}>
        {holder === undefined ? (
          <>
            <Button
              size="large"
              icon={<PhoneCall size={20} aria-hidden />}
              onPress={() => void run(commands.course({ type: "call_absent", sites: [id] }))}
            >
              {t("sites.call")}
            </Button>
            {site.called_ms === undefined ? null : (
              <span className={styles.called} role="status">
                {t("sites.called_at", { time: clockTime(site.called_ms) })}
              </span>
            )}
          </>
        ) : (
          <>
            <Button
              variant="primary"
              size="large"
              icon={<MonitorUp size={20} aria-hidden />}
              onPress={() => show(isOnStage ? [] : [holder])}
            >
              {t(isOnStage ? "sites.take_down" : "sites.put_up")}
            </Button>
            <Button
              size="large"
              icon={<Mic size={20} aria-hidden />}
              onPress={() => grant({ participant: holder })}
            >
              {t("chair.grant")}
            </Button>
          </>
        )}
      </div>
    </section>
  );
}
