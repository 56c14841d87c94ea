/**
 * The conferences that a signed-in person may enter, and the way to make one.
 */
import { useQuery } from "@tanstack/react-query";
import { CalendarDays, CloudOff, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { dayOf } from "../../i18n/format";
import type { Person, Role } from "../../protocol/generated";
import { conferences } from "../../protocol/http";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { useLanguage } from "../../ui/language";
import { httpCode, httpSentence } from "../../ui/refusals";
import styles from "./ConferenceList.module.css";
import { ConferenceRow } from "./ConferenceRow";
import { CreateDialog } from "./CreateDialog";

/** Roles that may create a conference; the server decides, this only hides what it would refuse. */
const CREATORS: readonly Role[] = ["chair", "secretary", "administrator"];
/** How often the number of people inside is asked anew, in ms. */
const REFRESH_MS = 10_000;

export const CONFERENCES_KEY = ["conferences"];

export function ConferenceList({ person }: { person: Person }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const [isCreating, setCreating] = useState(false);
  const list = useQuery({
    queryKey: CONFERENCES_KEY,
    queryFn: conferences,
    refetchInterval: REFRESH_MS,
  });
  const create = CREATORS.includes(person.role) ? (
    <Button
      variant={list.data?.length === 0 ? "primary" : "secondary"}
      icon={<Plus size={18} aria-hidden />}
      onPress={() => setCreating(true)}
    >
      {t("home.create")}
    </Button>
  ) : null;
  return (
    <>
      <div className={styles.head}>
        <div>
          <h1 className={styles.title}>{t("home.title")}</h1>
          <p className={styles.day}>{dayOf(Date.now(), language)}</p>
        </div>
        {list.data?.length === 0 ? null : create}
      </div>
      {list.isPending ? (
        <div className={styles.skeleton} role="status" aria-label={t("app.loading")} />
      ) : list.isError ? (
        <div className={styles.card}>
          <EmptyState
            icon={<CloudOff size={28} />}
            title={t("home.failed_title")}
            text={`${httpSentence(list.error, t)} ${t("lobby.code", { code: httpCode(list.error) })}`}
            action={<Button onPress={() => void list.refetch()}>{t("action.retry")}</Button>}
          />
        </div>
      ) : list.data.length === 0 ? (
        <div className={styles.card}>
          <EmptyState
            icon={<CalendarDays size={28} />}
            title={t("home.empty_title")}
            text={t("home.empty_text")}
            action={create}
          />
        </div>
      ) : (
        <ul className={styles.card} aria-label={t("home.list_label")}>
          {list.data.map((conference) => (
            <ConferenceRow key={conference.id} conference={conference} />
          ))}
        </ul>
      )}
      <CreateDialog isOpen={isCreating} onClose={() => setCreating(false)} />
    </>
  );
}
