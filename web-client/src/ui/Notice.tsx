/**
 * What happened, what the system does and what the person can do, in one quiet block.
 *
 * `Banner` is one line inside a page, `NoticeCard` a whole card with actions. The small code at the
 * end is for support.
 */
import type { ReactNode } from "react";
import styles from "./Notice.module.css";

export type NoticeKind = "info" | "ok" | "warn" | "danger";

type BannerProps = {
  kind: NoticeKind;
  icon: ReactNode;
  isLive?: boolean;
  action?: ReactNode;
  children: ReactNode;
};

export function Banner({ kind, icon, isLive = false, action, children }: BannerProps) {
  return (
    <div
      className={`${styles.banner} ${styles[kind]}`}
      role={isLive ? (kind === "danger" ? "alert" : "status") : undefined}
    >
      {icon}
      <div className={styles.words}>{children}</div>
      {action}
    </div>
  );
}

type NoticeCardProps = {
  kind: NoticeKind;
  icon: ReactNode;
  title: string;
  text: string;
  code?: string | undefined;
  headingLevel?: 1 | 2;
  actions?: ReactNode;
  children?: ReactNode;
};

export function NoticeCard(props: NoticeCardProps) {
  const Heading = props.headingLevel === 1 ? "h1" : "h2";
  return (
    <section className={styles.card}>
      <div className={styles.head}>
        <span className={`${styles.square} ${styles[props.kind]}`} aria-hidden>
          {props.icon}
        </span>
        <div className={styles.words}>
          <Heading className={styles.title}>{props.title}</Heading>
          <p className={styles.text}>{props.text}</p>
          {props.code ? <p className={styles.code}>{props.code}</p> : null}
        </div>
      </div>
      {props.children}
      {props.actions ? <div className={styles.actions}>{props.actions}</div> : null}
    </section>
  );
}
