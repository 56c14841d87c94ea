/**
 * First page: the meetings of whoever is signed in, or what this is for everybody else.
 */
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { HOME, LOGIN } from "../../routes";
import { AppBar } from "../../ui/AppBar";
import { ButtonLink } from "../../ui/Button";
import { usePage } from "../../ui/page";
import { useSession, useSignOut } from "../../ui/session";
import { ConferenceList } from "./ConferenceList";
import styles from "./HomePage.module.css";
import { Welcome } from "./Welcome";

export function HomePage() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const session = useSession();
  const signOut = useSignOut();
  usePage(t("home.title"));
  const person = session.data ?? null;
  const isMember = person !== null && !person.guest;
  return (
    <div className={styles.page}>
      <AppBar
        person={person}
        onHome={() => navigate(HOME)}
        onSignOut={person ? signOut : undefined}
        action={
          isMember || session.isPending ? null : (
            <ButtonLink href={LOGIN} variant="primary" onFollow={navigate}>
              {t("action.sign_in")}
            </ButtonLink>
          )
        }
      />
      <main className={styles.main}>
        {session.isPending ? (
          <div className={styles.skeleton} role="status" aria-label={t("app.loading")} />
        ) : isMember ? (
          <ConferenceList person={person} />
        ) : (
          <Welcome />
        )}
      </main>
    </div>
  );
}
