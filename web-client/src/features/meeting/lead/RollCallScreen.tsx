/**
 * The roll call of the sites (điểm danh điểm cầu): one site after the other on every screen, one key for
 * each result.
 */
import { ListChecks } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { SettingsStore } from "../../../state/settings-store";
import { Button } from "../../../ui/Button";
import { EmptyState } from "../../../ui/EmptyState";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import { CalledSite } from "./CalledSite";
import styles from "./RollCallScreen.module.css";
import { RollList } from "./RollList";
import { RollProgress } from "./RollProgress";

export function RollCallScreen({ settings }: { settings: SettingsStore }) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const count = useMeetingState((state) => state.siteOrder.length);
  const roll = useMeetingState((state) => state.rollCall);
  const failed = useMeetingState(
    (state) => [...state.sites.values()].filter((site) => site.result !== "present").length,
  );
  const site = useMeetingState((state) =>
    state.rollCall?.current === undefined ? undefined : state.sites.get(state.rollCall.current),
  );
  const start = (isFailed: boolean) =>
    void run(commands.course({ type: "start_roll_call", ...(isFailed ? { failed: true } : {}) }));
  const isOver = roll !== null && site === undefined;
  // Whoever has called the last site by its key goes on with Enter; a focus that is somewhere stays there.
  const isFocusFree = document.activeElement === document.body;
  return (
    <main className={styles.screen} data-region="stage" tabIndex={-1} aria-label={t("roll.title")}>
      {roll === null ? <h2 className={styles.title}>{t("roll.title")}</h2> : <RollProgress roll={roll} />}
      <div className={styles.work}>
        {site !== undefined && roll !== null ? (
          <CalledSite key={site.id} site={site} isPaused={roll.phase === "paused"} settings={settings} />
        ) : (
          <div className={styles.start}>
            <EmptyState
              icon={<ListChecks size={28} />}
              title={t(count === 0 ? "roll.none_title" : isOver ? "roll.over_title" : "roll.start_title", {
                count,
              })}
              text={t(count === 0 ? "roll.none_text" : isOver ? "roll.over_text" : "roll.start_text", {
                count: failed,
              })}
              action={
                count === 0 ? null : isOver ? (
                  <>
                    {failed > 0 ? (
                      <Button
                        variant="primary"
                        size="large"
                        autoFocus={isFocusFree}
                        onPress={() => start(true)}
                      >
                        {t("roll.call_failed", { count: failed })}
                      </Button>
                    ) : null}
                    {roll.phase === "finished" ? (
                      <Button size="large" onPress={() => start(false)}>
                        {t("roll.start_anew")}
                      </Button>
                    ) : (
                      <Button
                        size="large"
                        autoFocus={isFocusFree && failed === 0}
                        onPress={() => void run(commands.course({ type: "finish_roll_call" }))}
                      >
                        {t("roll.finish")}
                      </Button>
                    )}
                  </>
                ) : (
                  <Button variant="primary" size="large" onPress={() => start(false)}>
                    {t("roll.start")}
                  </Button>
                )
              }
            />
          </div>
        )}
        {count === 0 ? null : <RollList />}
      </div>
    </main>
  );
}
