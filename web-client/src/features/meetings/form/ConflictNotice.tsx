/**
 * Warns of sites and people who are taken at that time. Warns only: two meetings at once may be meant.
 */
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { shortDay, timeRange } from "../../../i18n/format";
import type { Conflict } from "../../../protocol/generated";
import { Banner } from "../../../ui/Notice";

/** More are only counted. */
const MAX_SHOWN = 6;
/** So many are told at once. */
const MAX_OPEN = 2;

export function ConflictNotice({ conflicts }: { conflicts: readonly Conflict[] }) {
  const { t } = useTranslation();
  if (conflicts.length === 0) return null;
  const rest = conflicts.length - MAX_SHOWN;
  return (
    <Banner kind="warn" icon={<TriangleAlert size={20} aria-hidden />} isLive>
      {/* Folded when long: it stands in a bar that never leaves the window. */}
      <details open={conflicts.length <= MAX_OPEN}>
        <summary>{t("form.conflicts", { count: conflicts.length })}</summary>
        <ul>
          {conflicts.slice(0, MAX_SHOWN).map((one) => (
            <li key={`${one.kind}-${one.id}-${one.conference}`}>
              {t("form.conflict", {
                name: one.name,
                title: one.title,
                time: timeRange(one.starts_ms, one.minutes),
                day: shortDay(one.starts_ms),
              })}
            </li>
          ))}
        </ul>
        {rest > 0 ? <p>{t("form.conflicts_more", { count: rest })}</p> : null}
      </details>
    </Banner>
  );
}
