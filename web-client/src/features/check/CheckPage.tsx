/**
 * /check: whether this computer and this network can meet, and a report for those who mend it.
 *
 * Reached from the first page, the lobby and support; needs no account. Loaded only when it is opened.
 */

import { Download, RotateCw } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { createLocalMedia, type LocalMedia } from "../../rtc/local-media";
import type { SettingsStore } from "../../state/settings-store";
import { Button } from "../../ui/Button";
import { PageFrame } from "../../ui/PageFrame";
import { StatePicture } from "../../ui/StatePicture";
import { CheckDevices } from "./CheckDevices";
import { CheckLines, sentence } from "./CheckLines";
import styles from "./CheckPage.module.css";
import { type CheckState, createCheckRun, DEVICE_STEPS, NETWORK_STEPS, verdict } from "./check-run";

export function CheckPage({ settings }: { settings: SettingsStore }) {
  const { t } = useTranslation();
  const { local, run } = useRun(settings);
  const state = useStore(run.store);
  return (
    <PageFrame title={t("check.title")} lead={t("check.lead")}>
      <div className={styles.columns}>
        <div className={styles.steps}>
          <Verdict state={state} onStart={() => void run.start()} />
          <CheckLines
            title={t("check.devices")}
            steps={DEVICE_STEPS}
            findings={state.findings}
            running={state.step}
            share={state.share}
          />
          <CheckLines
            title={t("check.network")}
            steps={NETWORK_STEPS}
            findings={state.findings}
            running={state.step}
            share={state.share}
          />
        </div>
        <CheckDevices local={local} onHeard={run.heard} />
      </div>
    </PageFrame>
  );
}

function useRun(settings: SettingsStore) {
  const [made] = useState(() => {
    const local: LocalMedia = createLocalMedia({
      chosen: settings.store.getState().devices,
      remember: (devices) => settings.change({ devices }),
    });
    return { local, run: createCheckRun(local) };
  });
  useEffect(() => () => made.local.close(), [made]);
  return made;
}

const LOOKS = {
  good: { kind: "ok", motif: "left" },
  weak: { kind: "warn", motif: "clock" },
  bad: { kind: "danger", motif: "network" },
} as const;

function Verdict({ state, onStart }: { state: CheckState; onStart: () => void }) {
  const { t } = useTranslation();
  if (state.phase !== "done") {
    const step = state.step ? t(`check.step_${state.step}`) : "";
    return (
      <div className={styles.verdict}>
        <Button variant="primary" size="large" isDisabled={state.phase === "running"} onPress={onStart}>
          {state.phase === "running" ? t("check.running", { step }) : t("check.start")}
        </Button>
      </div>
    );
  }
  const grade = verdict(state.findings);
  return (
    <section className={styles.verdict} role="status">
      {grade === "good" ? null : <StatePicture motif={LOOKS[grade].motif} kind={LOOKS[grade].kind} />}
      <p className={styles.words} data-grade={grade}>
        {t(`check.verdict_${grade}`)}
      </p>
      {state.id ? (
        <p className={styles.receipt}>
          {t("check.report_id")}: <strong className={styles.id}>{state.id}</strong>
          <br />
          {t("check.report_help")}
        </p>
      ) : null}
      {state.isUnsent ? <p className={styles.receipt}>{t("check.report_unsent")}</p> : null}
      <div className={styles.buttons}>
        <SaveButton state={state} />
        <Button icon={<RotateCw size={18} aria-hidden />} onPress={onStart}>
          {t("check.again")}
        </Button>
      </div>
    </section>
  );
}

/** A file that a person can read and a program can too. */
function SaveButton({ state }: { state: CheckState }) {
  const { t } = useTranslation();
  const save = () => {
    const lines = [...state.findings.values()].map(({ say, ...line }) => ({
      ...line,
      sentence: sentence({ say, ...line }, t),
    }));
    const report = { id: state.id, at: new Date().toISOString(), browser: navigator.userAgent, lines };
    const file = new Blob([JSON.stringify(report, null, 2)], { type: "application/json" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = `diemcau-${state.id ?? "report"}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  return (
    <Button variant="primary" icon={<Download size={18} aria-hidden />} onPress={save}>
      {t("check.save")}
    </Button>
  );
}
