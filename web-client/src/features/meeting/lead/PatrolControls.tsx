/**
 * Viewing the sites in turn: how long at each, for whom, on to the next, stop.
 */
import { Play, SkipForward, Square } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Select } from "../../../ui/Select";
import { Switch } from "../../../ui/Switch";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import { useServerNow } from "../use-server-now";
import styles from "./PatrolControls.module.css";

const STAYS_S: readonly number[] = [5, 10, 15, 30, 60, 120];
const USUAL_S = 10;

export function PatrolControls() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const patrol = useMeetingState((state) => state.patrol);
  const [chosenS, setChosenS] = useState(USUAL_S);
  const [isForAll, setForAll] = useState(false);
  const stayS = patrol === null ? chosenS : patrol.stay_ms / 1000;
  const everybody = patrol?.everybody ?? isForAll;
  const start = (seconds: number, forAll: boolean) =>
    void run(
      commands.course({
        type: "start_patrol",
        sites: patrol?.sites ?? [],
        stay_ms: seconds * 1000,
        everybody: forAll,
      }),
    );
  return (
    <section className={styles.card} aria-label={t("sites.patrol")}>
      <div className={styles.stay}>
        <Select
          label={t("sites.stay")}
          isSmallLabel
          options={[...new Set([...STAYS_S, stayS])].map((seconds) => ({
            id: String(seconds),
            label: t("chair.seconds", { seconds }),
          }))}
          value={String(stayS)}
          placeholder=""
          onChange={(id) => {
            setChosenS(Number(id));
            if (patrol !== null) start(Number(id), everybody);
          }}
        />
      </div>
      <div className={styles.all}>
        <Switch
          isOn={everybody}
          onChange={(on) => {
            setForAll(on);
            if (patrol !== null) start(stayS, on);
          }}
          help={t("sites.for_all_help")}
        >
          {t("sites.for_all")}
        </Switch>
      </div>
      <div className={styles.actions}>
        {patrol === null ? (
          <Button size="large" icon={<Play size={20} aria-hidden />} onPress={() => start(stayS, everybody)}>
            {t("sites.start")}
          </Button>
        ) : (
          <>
            <Left until={patrol.until_ms} />
            <Button
              size="large"
              icon={<SkipForward size={20} aria-hidden />}
              onPress={() => void run(commands.course({ type: "turn_patrol" }))}
            >
              {t("sites.next")}
            </Button>
            <Button
              size="large"
              icon={<Square size={18} aria-hidden />}
              onPress={() => void run(commands.course({ type: "stop_patrol" }))}
            >
              {t("sites.stop")}
            </Button>
          </>
        )}
      </div>
    </section>
  );
}

function Left({ until }: { until: number }) {
  const { t } = useTranslation();
  const seconds = Math.max(0, Math.ceil((until - useServerNow(500)) / 1000));
  return <span className={styles.left}>{t("chair.seconds", { seconds })}</span>;
}
