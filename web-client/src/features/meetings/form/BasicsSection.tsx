/**
 * What the meeting is: name, kind, secrecy, label, and what invited people should know.
 */
import { useTranslation } from "react-i18next";
import type { MeetingKind, Secrecy } from "../../../protocol/generated";
import { Select } from "../../../ui/Select";
import { TextBox } from "../../../ui/TextBox";
import { TextField } from "../../../ui/TextField";
import { MAX } from "./draft";
import styles from "./Fields.module.css";
import { FormSection } from "./FormSection";
import type { PartProps } from "./part";
import { useProblem } from "./use-problem";

const KINDS: readonly MeetingKind[] = ["normal", "lecture", "questioning"];
const CLASSES: readonly Secrecy[] = ["public", "internal", "restricted", "state_secret"];

export function BasicsSection({ draft, change, problems }: PartProps) {
  const { t } = useTranslation();
  const problem = useProblem(problems);
  return (
    <FormSection title={t("form.basics")} text={t("form.basics_text")}>
      <TextField
        label={t("create.name")}
        value={draft.title}
        onChange={(title) => change({ title })}
        maxLength={MAX.title}
        error={problem("title")}
        isRequired
      />
      <div className={styles.row}>
        <Select
          label={t("chair.kind")}
          options={KINDS.map((id) => ({ id, label: t(`kind.${id}`) }))}
          value={draft.kind}
          placeholder=""
          onChange={(id) => change({ kind: KINDS.find((one) => one === id) ?? "normal" })}
        />
        <Select
          label={t("form.secrecy")}
          options={CLASSES.map((id) => ({ id, label: t(`secrecy.${id}`) }))}
          value={draft.secrecy}
          placeholder=""
          onChange={(id) => change({ secrecy: CLASSES.find((one) => one === id) ?? "internal" })}
        />
        <TextField
          label={t("form.label")}
          value={draft.label}
          onChange={(label) => change({ label })}
          maxLength={MAX.label}
          error={problem("label")}
        />
      </div>
      <p className={styles.help}>
        {t(`kind.${draft.kind}_help`)} {draft.secrecy === "state_secret" ? t("form.secret_help") : ""}
      </p>
      <TextBox
        label={t("form.note")}
        help={t("form.note_help")}
        value={draft.note}
        onChange={(note) => change({ note })}
        maxLength={MAX.note}
        error={problem("note")}
      />
    </FormSection>
  );
}
