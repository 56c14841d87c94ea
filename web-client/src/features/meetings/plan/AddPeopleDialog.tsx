/**
 * Invites more people to a meeting: found by name, by e-mail, or read from a list in a file.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, FileUp, X } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Invitation, InvitedPerson, MeetingPlan } from "../../../protocol/generated";
import { WORKBOOK } from "../../../protocol/http";
import { invite, readInvited } from "../../../protocol/meetings";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { fileSentence } from "../../../ui/file-sentence";
import { IconButton } from "../../../ui/IconButton";
import { Banner } from "../../../ui/Notice";
import { personKey } from "../form/draft";
import fields from "../form/Fields.module.css";
import { PeoplePicker } from "../PeoplePicker";

type AddPeopleDialogProps = { plan: MeetingPlan; invited: readonly Invitation[]; onClose: () => void };

export function AddPeopleDialog({ plan, invited, onClose }: AddPeopleDialogProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [people, setPeople] = useState<readonly InvitedPerson[]>([]);
  const add = useMutation({
    mutationFn: () => invite(plan.id, [...people]),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ["invitations", plan.id] }),
  });
  const taken = new Set([
    ...invited.flatMap((one) => [one.person ?? "", one.user, one.email.toLowerCase()]),
    ...people.map(personKey),
  ]);
  const take = (more: readonly InvitedPerson[]) =>
    setPeople((now) => {
      const known = new Set(now.map(personKey));
      return [...now, ...more.filter((one) => !known.has(personKey(one)))];
    });
  const read = useMutation({
    mutationFn: (file: File) => readInvited(plan.id, file),
    onSuccess: (found) => take(found.people),
  });
  const failure = add.error ?? read.error;
  return (
    <Dialog
      title={t("invite.add")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button
            variant="primary"
            isDisabled={people.length === 0 || add.isPending}
            onPress={() => add.mutate()}
          >
            {t("invite.add_confirm", { count: people.length })}
          </Button>
        </>
      }
    >
      {failure ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {fileSentence(failure, t)}
        </Banner>
      ) : null}
      <PeoplePicker isFirst taken={taken} onAdd={(person) => take([person])} />
      <div className={fields.file}>
        <FileTrigger
          acceptedFileTypes={["text/csv", ".csv", WORKBOOK, ".xlsx"]}
          onSelect={(files) => {
            const file = files?.[0];
            if (file) read.mutate(file);
          }}
        >
          <Button icon={<FileUp size={18} aria-hidden />} isDisabled={read.isPending}>
            {t("invite.from_file")}
          </Button>
        </FileTrigger>
        <p className={fields.help}>{t("invite.from_file_help")}</p>
      </div>
      {read.data && read.data.problems.length > 0 ? (
        <Banner kind="warn" icon={<CircleAlert size={20} aria-hidden />} isLive>
          <ul>
            {read.data.problems.map((one) => (
              <li key={`${one.line}-${one.problem}`}>
                {t("invite.file_line", { line: one.line, problem: t(`invite.file_${one.problem}`) })}
              </li>
            ))}
          </ul>
        </Banner>
      ) : null}
      {people.length > 0 ? (
        <ul className={`${fields.list} ${fields.scroll}`} aria-label={t("invite.chosen")}>
          {people.map((person) => (
            <li key={personKey(person)} className={fields.person}>
              <span className={fields.words}>
                <span>{person.name || person.email || person.user}</span>
                <small>{[t(`invited.${person.role}`), person.unit].filter(Boolean).join(" · ")}</small>
              </span>
              <IconButton
                size="dense"
                label={t("form.person_drop", { name: person.name ?? person.email ?? "" })}
                onPress={() => setPeople(people.filter((one) => one !== person))}
              >
                <X size={16} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      ) : null}
    </Dialog>
  );
}
