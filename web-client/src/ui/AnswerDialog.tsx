/**
 * The two answers to an invitation that need words: absent with a reason, or somebody in one's place.
 *
 * Used by the page of today and by the page behind a mail's link. Sends nothing itself: what was typed goes
 * to `onSend`, what went wrong comes in.
 */
import { CircleAlert } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { GivenAnswer } from "../protocol/generated";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Banner } from "./Notice";
import { TextField } from "./TextField";

/** As the server takes it, in characters. */
const MAX_REASON = 500;
const MAX_NAME = 120;
const MAX_ADDRESS = 254;
const FORM_ID = "answer";

type AnswerDialogProps = {
  kind: "no" | "delegated";
  title: string;
  /** Sentence of what went wrong with the last try. */
  trouble: string | null;
  isBusy: boolean;
  onSend: (given: GivenAnswer) => void;
  onClose: () => void;
};

export function AnswerDialog({ kind, title, trouble, isBusy, onSend, onClose }: AnswerDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t(`answer.${kind}_title`)}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" form={FORM_ID} variant="primary" isDisabled={isBusy}>
            {t(`answer.${kind}_send`)}
          </Button>
        </>
      }
    >
      <p>{title}</p>
      {trouble ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {trouble}
        </Banner>
      ) : null}
      {kind === "no" ? <AbsentForm onSend={onSend} /> : <DelegateForm onSend={onSend} />}
    </Dialog>
  );
}

function AbsentForm({ onSend }: { onSend: AnswerDialogProps["onSend"] }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [wasSent, setSent] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    const words = reason.trim().normalize("NFC");
    if (words) onSend({ answer: "no", reason: words });
  };
  return (
    <form id={FORM_ID} onSubmit={send} noValidate>
      <TextField
        label={t("answer.reason")}
        help={t("answer.reason_help")}
        value={reason}
        onChange={setReason}
        maxLength={MAX_REASON}
        error={wasSent && !reason.trim() ? t("answer.reason_missing") : undefined}
        autoFocus
      />
    </form>
  );
}

function DelegateForm({ onSend }: { onSend: AnswerDialogProps["onSend"] }) {
  const { t } = useTranslation();
  const [address, setAddress] = useState("");
  const [name, setName] = useState("");
  const [unit, setUnit] = useState("");
  const [wasSent, setSent] = useState(false);
  const isMail = address.includes("@");
  const needsName = isMail && !name.trim();
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (!address.trim() || needsName) return;
    const who = isMail ? { email: address.trim() } : { user: address.trim() };
    const words = { name: name.trim().normalize("NFC"), unit: unit.trim().normalize("NFC") };
    onSend({ answer: "delegated", delegate: { ...who, ...(isMail ? words : {}) } });
  };
  return (
    <form id={FORM_ID} onSubmit={send} noValidate style={{ display: "grid", gap: "var(--space-3)" }}>
      <TextField
        label={t("answer.delegate")}
        help={t("answer.delegate_help")}
        value={address}
        onChange={setAddress}
        maxLength={MAX_ADDRESS}
        error={wasSent && !address.trim() ? t("answer.delegate_missing") : undefined}
        autoFocus
      />
      {isMail ? (
        <>
          <TextField
            label={t("answer.name")}
            value={name}
            onChange={setName}
            maxLength={MAX_NAME}
            error={wasSent && needsName ? t("answer.name_missing") : undefined}
          />
          <TextField label={t("answer.unit")} value={unit} onChange={setUnit} maxLength={MAX_NAME} />
        </>
      ) : null}
    </form>
  );
}
