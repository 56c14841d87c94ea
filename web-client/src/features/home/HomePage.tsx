/**
 * First page: the meetings of whoever is signed in, or what this is for everybody else.
 */

import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { LOGIN } from "../../routes";
import { ButtonLink } from "../../ui/Button";
import { PageFrame, PageSkeleton } from "../../ui/PageFrame";
import { useSession } from "../../ui/session";
import { ConferenceList } from "./ConferenceList";
import { Welcome } from "./Welcome";

export function HomePage() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const session = useSession();
  const person = session.data ?? null;
  const isMember = person !== null && !person.guest;
  return (
    <PageFrame
      title={t("home.title")}
      hasOwnHeading
      action={
        isMember || session.isPending ? null : (
          <ButtonLink href={LOGIN} variant="primary" onFollow={navigate}>
            {t("action.sign_in")}
          </ButtonLink>
        )
      }
    >
      {session.isPending ? <PageSkeleton /> : isMember ? <ConferenceList person={person} /> : <Welcome />}
    </PageFrame>
  );
}
