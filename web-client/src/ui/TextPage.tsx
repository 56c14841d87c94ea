/**
 * A page that says one thing and offers the way on: ended, removed, unknown, guest's first page.
 */
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { HOME } from "../routes";
import { AppBar } from "./AppBar";
import { NoticeCard, type NoticeKind } from "./Notice";
import { usePage } from "./page";
import type { StateMotif } from "./StatePicture";
import { useSession, useSignOut } from "./session";
import styles from "./TextPage.module.css";

type TextPageProps = {
  kind: NoticeKind;
  picture: StateMotif;
  title: string;
  text: string;
  code?: string | undefined;
  actions?: ReactNode;
  children?: ReactNode;
};

export function TextPage(props: TextPageProps) {
  const [, navigate] = useLocation();
  const session = useSession();
  const signOut = useSignOut();
  usePage(props.title);
  const person = session.data ?? null;
  return (
    <div className={styles.page}>
      <AppBar person={person} onHome={() => navigate(HOME)} onSignOut={person ? signOut : undefined} />
      <main className={styles.main}>
        <NoticeCard headingLevel={1} {...props}>
          {props.children}
        </NoticeCard>
      </main>
    </div>
  );
}
