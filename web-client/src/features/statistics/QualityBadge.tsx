/**
 * The grade of a connection with its sign: shape, colour and word say the same.
 */
import { CircleCheck, CircleDashed, CircleMinus, OctagonAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Badge, type BadgeKind } from "../../ui/Badge";
import type { Grade } from "./quality";

const SIGNS: Record<Grade, { kind: BadgeKind; icon: ReactNode }> = {
  good: { kind: "ok", icon: <CircleCheck size={14} aria-hidden /> },
  fair: { kind: "warn", icon: <TriangleAlert size={14} aria-hidden /> },
  poor: { kind: "danger", icon: <OctagonAlert size={14} aria-hidden /> },
  none: { kind: "neutral", icon: <CircleMinus size={14} aria-hidden /> },
  away: { kind: "neutral", icon: <CircleDashed size={14} aria-hidden /> },
};

export function QualityBadge({ grade }: { grade: Grade }) {
  const { t } = useTranslation();
  const { kind, icon } = SIGNS[grade];
  return (
    <Badge kind={kind} icon={icon}>
      {t(`statistics.grade.${grade}`)}
    </Badge>
  );
}
