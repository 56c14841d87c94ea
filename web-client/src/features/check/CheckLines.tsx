/**
 * The steps of the connection test, each with ✔, ▲ or ✖ and a sentence.
 */
import type { TFunction } from "i18next";
import { Check, CircleDashed, LoaderCircle, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { roughSpan } from "../../i18n/format";
import type { CheckGrade, CheckStep } from "../../protocol/generated";
import styles from "./CheckLines.module.css";
import type { Finding } from "./grades";

const SIGNS: Readonly<Record<CheckGrade, ReactNode>> = {
  good: <Check size={18} aria-hidden />,
  weak: <TriangleAlert size={18} aria-hidden />,
  bad: <X size={18} aria-hidden />,
  skipped: <CircleDashed size={18} aria-hidden />,
};

type CheckLinesProps = {
  title: string;
  steps: readonly CheckStep[];
  findings: ReadonlyMap<CheckStep, Finding>;
  running: CheckStep | null;
  share: number;
};

export function CheckLines({ title, steps, findings, running, share }: CheckLinesProps) {
  return (
    <section className={styles.group}>
      <h2 className={styles.title}>{title}</h2>
      <ul className={styles.lines}>
        {steps.map((step) => (
          <Line
            key={step}
            step={step}
            found={findings.get(step)}
            isRunning={running === step}
            share={share}
          />
        ))}
      </ul>
    </section>
  );
}

type LineProps = { step: CheckStep; found: Finding | undefined; isRunning: boolean; share: number };

function Line({ step, found, isRunning, share }: LineProps) {
  const { t } = useTranslation();
  return (
    <li className={styles.line} data-grade={found?.grade ?? (isRunning ? "running" : "waits")}>
      <span className={styles.sign}>
        {found ? SIGNS[found.grade] : isRunning ? <LoaderCircle size={18} aria-hidden /> : SIGNS.skipped}
      </span>
      <div className={styles.words}>
        <span className={styles.step}>
          {t(`check.step_${step}`)}
          {found ? <span className={styles.grade}>{t(`check.grade_${found.grade}`)}</span> : null}
        </span>
        <span className={styles.sentence}>
          {found
            ? sentence(found, t)
            : isRunning
              ? `${t("check.testing")}${share > 0 ? ` · ${t("check.progress", { percent: Math.round(share * 100) })}` : ""}`
              : t("check.waits")}
        </span>
      </div>
    </li>
  );
}

/** Also used for the report. */
export function sentence(found: Finding, t: TFunction): string {
  const figure = Math.round(found.figure ?? 0);
  return t(`check.say_${found.say}` as "check.say_clock_weak", {
    figure,
    time: roughSpan(Math.abs(figure), t),
  });
}
