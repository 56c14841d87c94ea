/**
 * The own account: who one is, password, second factor, where one is signed in.
 *
 * Reached from the menu of the app bar, and by force when something must be done first: then only
 * that is shown. What one's name, unit and role are is decided by the administrators.
 */

import { useQuery } from "@tanstack/react-query";
import { CloudOff, KeyRound, ShieldAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Redirect } from "wouter";
import { profile } from "../../protocol/account";
import type { Profile } from "../../protocol/generated";
import { ACCOUNT, loginPath } from "../../routes";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { Banner } from "../../ui/Notice";
import { PageFrame, PageSkeleton } from "../../ui/PageFrame";
import { httpCode, httpSentence } from "../../ui/refusals";
import { SessionWait } from "../../ui/SessionWait";
import { useSession } from "../../ui/session";
import styles from "./AccountPage.module.css";
import { MailAndCalendar } from "./MailAndCalendar";
import { PasswordForm } from "./PasswordForm";
import { PersonFacts } from "./PersonFacts";
import { SecondFactor } from "./SecondFactor";
import { SessionList } from "./SessionList";

/** Question of this page; asked anew with the session after every change. */
const PROFILE_KEY = ["me", "profile"];

export function AccountPage() {
  const { t } = useTranslation();
  const session = useSession();
  const person = session.data ?? null;
  const isMember = person !== null && !person.guest && person.user !== "";
  if (!session.isPending && !session.isError && !isMember)
    return <Redirect to={loginPath(ACCOUNT)} replace />;
  return <PageFrame title={t("account.title")}>{isMember ? <Account /> : <SessionWait />}</PageFrame>;
}

function Account() {
  const { t } = useTranslation();
  const question = useQuery({ queryKey: PROFILE_KEY, queryFn: profile });
  if (question.isPending) return <PageSkeleton />;
  if (question.isError) {
    return (
      <div className={styles.card}>
        <EmptyState
          icon={<CloudOff size={28} />}
          title={t("account.failed_title")}
          text={`${httpSentence(question.error, t)} ${t("lobby.code", { code: httpCode(question.error) })}`}
          action={<Button onPress={() => void question.refetch()}>{t("action.retry")}</Button>}
        />
      </div>
    );
  }
  return <Sections profile={question.data} />;
}

function Sections({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const { duty } = profile.person;
  const setsPassword = duty === "set_password" || duty === "renew_password";
  return (
    <div className={styles.sections}>
      {duty ? (
        <Banner
          kind="warn"
          icon={setsPassword ? <KeyRound size={20} aria-hidden /> : <ShieldAlert size={20} aria-hidden />}
        >
          {t(`account.duty.${duty}`)}
        </Banner>
      ) : (
        <Section title={t("account.person")} text={t("account.person_text")}>
          <PersonFacts profile={profile} />
        </Section>
      )}
      {!duty || setsPassword ? (
        <Section title={t("account.password")} text={t("account.password_text")}>
          <PasswordForm profile={profile} />
        </Section>
      ) : null}
      {setsPassword ? null : (
        <Section title={t("account.second_factor")} text={t("account.second_factor_text")}>
          <SecondFactor profile={profile} />
        </Section>
      )}
      {duty ? null : (
        <Section title={t("calendar.title")} text={t("calendar.text")}>
          <MailAndCalendar />
        </Section>
      )}
      {duty ? null : (
        <Section title={t("account.sessions")} text={t("account.sessions_text")}>
          <SessionList />
        </Section>
      )}
    </div>
  );
}

function Section({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <div>
        <h2 className={styles.heading}>{title}</h2>
        <p className={styles.text}>{text}</p>
      </div>
      <div className={styles.card}>{children}</div>
    </section>
  );
}
