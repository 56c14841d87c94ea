/**
 * First page: the meetings of whoever is signed in, or what this is for everybody else.
 */

import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { LOGIN } from "../../routes";
import { ButtonLink } from "../../ui/Button";
import { PageFrame } from "../../ui/PageFrame";
import { SessionWait } from "../../ui/SessionWait";
import { useSession } from "../../ui/session";
import { TodayList } from "./TodayList";
import { Welcome } from "./Welcome";

export function HomePage() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const session = useSession();
  const person = session.data ?? null;
  const isMember = person !== null && !person.guest;
  return (
    <PageFrame
      title={t(isMember ? "today.title" : "home.title")}
      hasOwnHeading={!session.isError}
      action={
        isMember || session.isPending || session.isError ? null : (
          <ButtonLink href={LOGIN} variant="primary" onFollow={navigate}>
            {t("action.sign_in")}
          </ButtonLink>
        )
      }
    >
      {session.isPending || session.isError ? (
        <SessionWait />
      ) : isMember ? (
        <TodayList person={person} />
      ) : (
        <Welcome />
      )}
    </PageFrame>
  );
}
