/**
 * Begins the form with a template, and keeps what stands in it as one.
 */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BookmarkPlus, CircleAlert, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MeetingTemplate, NewConference } from "../../../protocol/generated";
import { dropTemplate, keepTemplate, templates } from "../../../protocol/meetings";
import { Button } from "../../../ui/Button";
import { ConfirmDialog, Dialog } from "../../../ui/Dialog";
import { IconButton } from "../../../ui/IconButton";
import { Banner } from "../../../ui/Notice";
import { httpSentence } from "../../../ui/refusals";
import { Select } from "../../../ui/Select";
import { TextField } from "../../../ui/TextField";
import styles from "./MeetingForm.module.css";

const KEY = ["templates"];
const MAX_NAME = 120;

type TemplateBarProps = { onChoose: (meeting: NewConference) => void; meeting: () => NewConference };

export function TemplateBar({ onChoose, meeting }: TemplateBarProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const known = useQuery({ queryKey: KEY, queryFn: templates });
  const [chosen, setChosen] = useState<MeetingTemplate | null>(null);
  const [isKeeping, setKeeping] = useState(false);
  const [isDropping, setDropping] = useState(false);
  const drop = useMutation({
    mutationFn: dropTemplate,
    onSuccess: () => setChosen(null),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const list = known.data ?? [];
  return (
    <div className={styles.templates}>
      {list.length > 0 ? (
        <div className={styles.template}>
          <Select
            label={t("form.template")}
            options={list.map(({ id, name }) => ({ id, label: name }))}
            value={chosen?.id ?? null}
            placeholder={t("form.template_choose")}
            onChange={(id) => {
              const template = list.find((one) => one.id === id);
              if (template === undefined) return;
              setChosen(template);
              onChoose(template.meeting);
            }}
          />
        </div>
      ) : null}
      {chosen ? (
        <IconButton label={t("form.template_drop", { name: chosen.name })} onPress={() => setDropping(true)}>
          <Trash2 size={18} aria-hidden />
        </IconButton>
      ) : null}
      <Button variant="quiet" icon={<BookmarkPlus size={18} aria-hidden />} onPress={() => setKeeping(true)}>
        {t("form.template_keep")}
      </Button>
      {isKeeping ? <KeepDialog meeting={meeting} onClose={() => setKeeping(false)} /> : null}
      <ConfirmDialog
        title={t("form.template_drop", { name: chosen?.name ?? "" })}
        text={t("form.template_drop_text")}
        confirm={t("form.template_drop_confirm")}
        isOpen={isDropping}
        onConfirm={() => chosen && drop.mutate(chosen.id)}
        onClose={() => setDropping(false)}
      />
    </div>
  );
}

function KeepDialog({ meeting, onClose }: { meeting: () => NewConference; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState(() => meeting().title);
  const keep = useMutation({
    mutationFn: () => keepTemplate(name.trim().normalize("NFC"), meeting()),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: KEY });
      onClose();
    },
  });
  return (
    <Dialog
      title={t("form.template_keep")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button variant="primary" isDisabled={!name.trim() || keep.isPending} onPress={() => keep.mutate()}>
            {t("form.template_save")}
          </Button>
        </>
      }
    >
      {keep.isError ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {httpSentence(keep.error, t)}
        </Banner>
      ) : null}
      <TextField
        label={t("form.template_name")}
        help={t("form.template_help")}
        value={name}
        onChange={setName}
        maxLength={MAX_NAME}
        autoFocus
      />
    </Dialog>
  );
}
