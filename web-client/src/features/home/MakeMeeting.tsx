/**
 * The ways to a new meeting for those who may make one: planned with the whole form, or a room at once.
 */
import { CalendarPlus, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { Person } from "../../protocol/generated";
import { mayPlan, NEW_MEETING } from "../../routes";
import { Button, ButtonLink } from "../../ui/Button";
import { CreateDialog } from "./CreateDialog";
import styles from "./TodayList.module.css";

export function MakeMeeting({ person }: { person: Person }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [isCreating, setCreating] = useState(false);
  if (!mayPlan(person.role)) return null;
  return (
    <div className={styles.ways}>
      <Button icon={<Plus size={18} aria-hidden />} onPress={() => setCreating(true)}>
        {t("home.create")}
      </Button>
      <ButtonLink
        href={NEW_MEETING}
        variant="primary"
        icon={<CalendarPlus size={18} aria-hidden />}
        onFollow={navigate}
      >
        {t("today.plan")}
      </ButtonLink>
      <CreateDialog isOpen={isCreating} onClose={() => setCreating(false)} />
    </div>
  );
}
