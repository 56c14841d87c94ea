/**
 * The agenda as lines: one item a line, planned minutes behind a bar. Items keep their course by their title.
 */
import { useState } from "react";
import { Label, Text, TextArea, TextField } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import { agendaItems, agendaLines } from "./agenda-lines";
import styles from "./Fields.module.css";

export function AgendaDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const agenda = useMeetingState((state) => state.agenda);
  const [text, setText] = useState(() => agendaLines(agenda));
  const save = async () => {
    const items = agendaItems(text, agenda);
    if (await run(commands.course({ type: "set_agenda", items }))) onClose();
  };
  return (
    <Dialog
      title={t("chair.agenda")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button variant="primary" onPress={() => void save()}>
            {t("chair.agenda_save")}
          </Button>
        </>
      }
    >
      <TextField className={styles.field ?? ""} value={text} onChange={setText} autoFocus>
        <Label className={styles.label ?? ""}>{t("chair.agenda_lines")}</Label>
        <TextArea className={styles.area ?? ""} rows={8} />
        <Text slot="description" className={styles.help ?? ""}>
          {t("chair.agenda_help")}
        </Text>
      </TextField>
    </Dialog>
  );
}
