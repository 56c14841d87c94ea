/**
 * Import of people and units from a CSV file: choose, look at what would change, carry it out, keep
 * the one-time codes.
 *
 * For administrators and, within their unit, unit administrators. The server decides; this page shows.
 */

import { useMutation } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Redirect } from "wouter";
import type { ImportReport, Person } from "../../protocol/generated";
import { applyImport, planImport } from "../../protocol/people";
import { loginPath, PEOPLE } from "../../routes";
import { fileSentence } from "../../ui/file-sentence";
import { NotForYou } from "../../ui/NotForYou";
import { Banner } from "../../ui/Notice";
import { PageFrame } from "../../ui/PageFrame";
import { SessionWait } from "../../ui/SessionWait";
import { useSession } from "../../ui/session";
import { ChooseFile } from "./ChooseFile";
import { DoneReport } from "./DoneReport";
import styles from "./PeoplePage.module.css";
import { PlanReport } from "./PlanReport";

export function PeoplePage() {
  const { t } = useTranslation();
  const session = useSession();
  const person = session.data ?? null;
  if (!session.isPending && !session.isError && !person) return <Redirect to={loginPath(PEOPLE)} replace />;
  if (person !== null && !mayImport(person)) {
    return (
      <NotForYou
        page={t("import.title")}
        title={t("import.not_allowed_title")}
        text={t("import.not_allowed_text")}
      />
    );
  }
  return (
    <PageFrame title={t("import.title")}>
      {person === null ? <SessionWait /> : <Import isUnit={person.role === "unit_administrator"} />}
    </PageFrame>
  );
}

function mayImport({ role }: Person): boolean {
  return role === "administrator" || role === "unit_administrator";
}

function Import({ isUnit }: { isUnit: boolean }) {
  const { t } = useTranslation();
  const [file, setFile] = useState<File | null>(null);
  const plan = useMutation({ mutationFn: planImport });
  const carryOut = useMutation({
    mutationFn: ({ from, name }: { from: File; name: string }) => applyImport(from, name),
  });
  const startAgain = () => {
    setFile(null);
    plan.reset();
    carryOut.reset();
  };
  const choose = (chosen: File) => {
    setFile(chosen);
    carryOut.reset();
    plan.mutate(chosen);
  };
  const report: ImportReport | undefined = plan.data;
  const failure = carryOut.error ?? plan.error;
  if (carryOut.data) return <DoneReport report={carryOut.data} onAgain={startAgain} />;
  return (
    <div className={styles.stack}>
      {failure ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {fileSentence(failure, t)}
        </Banner>
      ) : null}
      {report && file ? (
        <PlanReport
          fileName={file.name}
          report={report}
          isBusy={carryOut.isPending}
          onApply={() => carryOut.mutate({ from: file, name: report.plan })}
          onAgain={startAgain}
        />
      ) : (
        <ChooseFile isUnit={isUnit} isBusy={plan.isPending} onChoose={choose} />
      )}
    </div>
  );
}
