/**
 * The role in which somebody is invited.
 */
import { useTranslation } from "react-i18next";
import type { InvitedRole } from "../../protocol/generated";
import { Select } from "../../ui/Select";

export const INVITED_ROLES: readonly InvitedRole[] = [
  "chair",
  "deputy",
  "secretary",
  "delegate",
  "listener",
  "site_operator",
  "duty_operator",
];

type RoleSelectProps = { name: string; role: InvitedRole; onChange: (role: InvitedRole) => void };

export function RoleSelect({ name, role, onChange }: RoleSelectProps) {
  const { t } = useTranslation();
  return (
    <Select
      label={t("form.role_of", { name })}
      options={INVITED_ROLES.map((id) => ({ id, label: t(`invited.${id}`) }))}
      value={role}
      placeholder=""
      onChange={(id) => onChange(INVITED_ROLES.find((one) => one === id) ?? "delegate")}
    />
  );
}
