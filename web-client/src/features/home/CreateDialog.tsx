/**
 * Makes a conference: name, marking, opening time, waiting room, guests. Leads to its lobby.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { vietnameseTime } from "../../i18n/format";
import { createConference } from "../../protocol/http";
import { conferencePath } from "../../routes";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Banner } from "../../ui/Notice";
import { httpSentence } from "../../ui/refusals";
import { Switch } from "../../ui/Switch";
import { TextField } from "../../ui/TextField";
import styles from "./CreateDialog.module.css";

type CreateDialogProps = { isOpen: boolean; onClose: () => void };

const FORM_ID = "create-conference";
const MAX_TITLE = 200;
const MAX_LABEL = 60;

export function CreateDialog({ isOpen, onClose }: CreateDialogProps) {
  const { t } = useTranslation();
  const create = useCreate(onClose);
  return (
    <Dialog
      title={t("create.title")}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" form={FORM_ID} variant="primary" isDisabled={create.isPending}>
            {t("create.submit")}
          </Button>
        </>
      }
    >
      <CreateForm create={create} />
    </Dialog>
  );
}

function useCreate(onDone: () => void) {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  return useMutation({
    mutationFn: createConference,
    onSuccess: ({ id }) => {
      void queries.invalidateQueries({ queryKey: ["today"] });
      onDone();
      navigate(conferencePath(id));
    },
  });
}

function CreateForm({ create }: { create: ReturnType<typeof useCreate> }) {
  const { t } = useTranslation();
  const [title, setTitle] = useState("");
  const [label, setLabel] = useState("");
  const [opens, setOpens] = useState("");
  const [hasWaitingRoom, setWaitingRoom] = useState(true);
  const [takesGuests, setGuests] = useState(false);
  const [wasSent, setSent] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (title.trim() === "" || create.isPending) return;
    const opensMs = vietnameseTime(opens);
    create.mutate({
      ...(opensMs === null ? {} : { opens_ms: opensMs }),
      title: title.trim().normalize("NFC"),
      label: label.trim().normalize("NFC"),
      waiting_room: hasWaitingRoom,
      guests: takesGuests,
    });
  };
  return (
    <form id={FORM_ID} className={styles.form} onSubmit={send} noValidate>
      {create.isError ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {httpSentence(create.error, t)}
        </Banner>
      ) : null}
      <TextField
        label={t("create.name")}
        value={title}
        onChange={setTitle}
        maxLength={MAX_TITLE}
        error={wasSent && title.trim() === "" ? t("create.name_missing") : undefined}
        autoFocus
      />
      <TextField
        label={t("create.label")}
        help={t("create.label_help")}
        value={label}
        onChange={setLabel}
        maxLength={MAX_LABEL}
      />
      <TextField
        label={t("create.opens")}
        help={t("create.opens_help")}
        type="datetime-local"
        value={opens}
        onChange={setOpens}
      />
      <div>
        <Switch isOn={hasWaitingRoom} onChange={setWaitingRoom} help={t("create.waiting_room_help")}>
          {t("create.waiting_room")}
        </Switch>
        <Switch isOn={takesGuests} onChange={setGuests} help={t("create.guests_help")}>
          {t("create.guests")}
        </Switch>
      </div>
    </form>
  );
}
