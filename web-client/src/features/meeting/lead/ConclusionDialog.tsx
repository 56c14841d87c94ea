/**
 * The conclusion on the item that runs, as it will stand in the minutes.
 */
import { useState } from "react";
import { Label, TextArea, TextField } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { AgendaItemView } from "../../../protocol/generated";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { useMeeting, useRun } from "../meeting-context";
import styles from "./Fields.module.css";

type ConclusionDialogProps = { title: string; item: AgendaItemView; onClose: () => void };

export function ConclusionDialog({ title, item, onClose }: ConclusionDialogProps) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const [text, setText] = useState(item.conclusion);
  const save = async () => {
    const conclusion = text.trim().normalize("NFC");
    if (await run(commands.course({ type: "conclude_item", item: item.item, conclusion }))) onClose();
  };
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button variant="primary" onPress={() => void save()}>
            {t("chair.conclusion_save")}
          </Button>
        </>
      }
    >
      <TextField className={styles.field ?? ""} value={text} onChange={setText} autoFocus>
        <Label className={styles.label ?? ""}>{t("chair.conclusion_label")}</Label>
        <TextArea className={styles.area ?? ""} rows={6} maxLength={4000} />
      </TextField>
    </Dialog>
  );
}
