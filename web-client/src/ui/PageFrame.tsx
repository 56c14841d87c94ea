/**
 * The frame of the light pages: bar with who is signed in, one column, its heading.
 *
 * Used by every page but the lobby, whose bar shows the guest, the meeting and the sign-in. Knows nothing
 * of what stands in it.
 */
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { withWords } from "../i18n";
import { HOME, mayPlan } from "../routes";
import { AppBar } from "./AppBar";
import styles from "./PageFrame.module.css";
import { usePage } from "./page";
import { useSession, useSignOut } from "./session";

// For those who plan meetings; others never fetch it.
const MainNav = lazy(() => withWords(() => import("./MainNav").then((m) => ({ default: m.MainNav }))));

type PageFrameProps = {
  /** Name of the page in the browser's tab and, unless the page has a heading of its own, above it. */
  title: string;
  lead?: string;
  hasOwnHeading?: boolean;
  /** A column, one as wide as the window, or one card in the middle. */
  shape?: "column" | "wide" | "card";
  /** Stands in the bar before language and person. */
  action?: ReactNode;
  children: ReactNode;
};

export function PageFrame({
  title,
  lead,
  hasOwnHeading,
  shape = "column",
  action,
  children,
}: PageFrameProps) {
  const [, navigate] = useLocation();
  const session = useSession();
  const signOut = useSignOut();
  usePage(title);
  const person = session.data ?? null;
  return (
    <div className={styles.page}>
      <AppBar
        person={person}
        nav={
          person && !person.guest && mayPlan(person.role) ? (
            <Suspense fallback={null}>
              <MainNav />
            </Suspense>
          ) : null
        }
        action={action}
        onHome={() => navigate(HOME)}
        onSignOut={person ? signOut : undefined}
      />
      <main className={styles[shape]}>
        {hasOwnHeading ? null : (
          <header className={styles.head}>
            <h1 className={styles.title}>{title}</h1>
            {lead ? <p className={styles.lead}>{lead}</p> : null}
          </header>
        )}
        {children}
      </main>
    </div>
  );
}

/** In the place of what is still on its way. */
export function PageSkeleton() {
  const { t } = useTranslation();
  return <div className={styles.skeleton} role="status" aria-label={t("app.loading")} />;
}
