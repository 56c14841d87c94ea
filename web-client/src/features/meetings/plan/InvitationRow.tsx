/**
 * One invitation: who, as what, the answer with its reason, what became of the mail, and what can be done.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, Send, Trash2, UserCog } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { clockTime, shortDay } from "../../../i18n/format";
import type { Invitation, InvitationAnswer, InvitedRole, MeetingPlan } from "../../../protocol/generated";
import { changeInvitation, takeBackInvitation } from "../../../protocol/meetings";
import { Badge, type BadgeKind } from "../../../ui/Badge";
import { ConfirmDialog } from "../../../ui/Dialog";
import { IconButton } from "../../../ui/IconButton";
import { Menu } from "../../../ui/Menu";
import { httpSentence } from "../../../ui/refusals";
import { INVITED_ROLES } from "../RoleSelect";
import styles from "./Invitations.module.css";

const KINDS: Record<InvitationAnswer, BadgeKind> = {
  waiting: "warn",
  yes: "ok",
  no: "danger",
  delegated: "info",
};

type InvitationRowProps = {
  plan: MeetingPlan;
  invitation: Invitation;
  all: readonly Invitation[];
  onSend: (id: string) => void;
};

export function InvitationRow({ plan, invitation, all, onSend }: InvitationRowProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [isDropping, setDropping] = useState(false);
  const done = { onSettled: () => queries.invalidateQueries({ queryKey: ["invitations", plan.id] }) };
  const drop = useMutation({ mutationFn: () => takeBackInvitation(plan.id, invitation.id), ...done });
  const turn = useMutation({
    mutationFn: (role: InvitedRole) => changeInvitation(plan.id, invitation.id, role),
    ...done,
  });
  const nameOf = (id: string | undefined) => all.find((one) => one.id === id)?.name ?? "";
  const delegate = all.find((one) => one.delegate_of === invitation.id)?.name;
  const isAhead = plan.state === "planned" || plan.state === "running";
  const failure = drop.error ?? turn.error;
  const { name, mail } = invitation;
  const said = [
    invitation.reason,
    delegate ? t("invite.delegate", { name: delegate }) : "",
    invitation.delegate_of ? t("invite.delegate_of", { name: nameOf(invitation.delegate_of) }) : "",
  ].filter(Boolean);
  const roles = INVITED_ROLES.filter((role) => role !== invitation.role);
  return (
    <li className={styles.row}>
      <div className={styles.who}>
        <span className={styles.name}>{name || invitation.email}</span>
        <small>
          {[t(`invited.${invitation.role}`), invitation.unit].filter(Boolean).join(" · ")}
          {invitation.email ? (
            <>
              {" · "}
              <span className={styles.address}>{invitation.email}</span>
            </>
          ) : null}
        </small>
      </div>
      <div className={styles.answer}>
        <Badge kind={KINDS[invitation.answer]}>{t(`invite.answer_${invitation.answer}`)}</Badge>
        {said.length > 0 ? <small>{said.join(" · ")}</small> : null}
      </div>
      <div className={styles.mail} data-state={mail?.state}>
        {mail ? (
          <>
            <span>
              {t(`invite.mail_${mail.state}`, { time: clockTime(mail.at_ms), day: shortDay(mail.at_ms) })}
            </span>
            {mail.said ? <small>{mail.said}</small> : null}
          </>
        ) : (
          <span>{t(invitation.email ? "invite.mail_none" : "invite.no_address")}</span>
        )}
        {failure ? <small role="alert">{httpSentence(failure, t)}</small> : null}
      </div>
      {isAhead ? (
        <Menu
          label={t("invite.menu", { name })}
          groups={[
            {
              id: "mail",
              entries: invitation.email
                ? [
                    {
                      id: "send",
                      label: t(mail ? "invite.send_again" : "invite.send_first"),
                      icon: <Send size={18} aria-hidden />,
                      onAction: () => onSend(invitation.id),
                    },
                  ]
                : [],
            },
            {
              id: "role",
              title: t("form.role"),
              entries: roles.map((role) => ({
                id: role,
                label: t(`invited.${role}`),
                icon: <UserCog size={18} aria-hidden />,
                onAction: () => turn.mutate(role),
              })),
            },
            {
              id: "drop",
              entries: [
                {
                  id: "drop",
                  label: t("invite.drop"),
                  icon: <Trash2 size={18} aria-hidden />,
                  isDanger: true,
                  onAction: () => setDropping(true),
                },
              ],
            },
          ]}
        >
          <IconButton size="dense" label={t("invite.menu", { name })}>
            <Ellipsis size={18} aria-hidden />
          </IconButton>
        </Menu>
      ) : null}
      <ConfirmDialog
        title={t("invite.drop_title", { name })}
        text={t("invite.drop_text")}
        confirm={t("invite.drop_confirm")}
        isOpen={isDropping}
        onConfirm={() => drop.mutate()}
        onClose={() => setDropping(false)}
      />
    </li>
  );
}
