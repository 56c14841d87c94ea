/**
 * Whether a change is for one meeting of a series or for all that follow as well.
 */
import { useTranslation } from "react-i18next";
import type { SeriesScope } from "../../../protocol/generated";
import { Select } from "../../../ui/Select";

type ScopeSelectProps = { scope: SeriesScope; onChange: (scope: SeriesScope) => void };

export function ScopeSelect({ scope, onChange }: ScopeSelectProps) {
  const { t } = useTranslation();
  return (
    <Select
      label={t("form.scope")}
      options={(["this", "following"] as const).map((id) => ({ id, label: t(`form.scope_${id}`) }))}
      value={scope}
      placeholder=""
      onChange={(id) => onChange(id === "following" ? "following" : "this")}
    />
  );
}
