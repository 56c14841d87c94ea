/**
 * What happened, what the system does and what the person can do, in one quiet block.
 *
 * `Banner` is one line inside a page, `NoticeCard` a whole card with actions. The small code at the
 * end is for support.
 */
import type { ReactNode } from "react";
import styles from "./Notice.module.css";
import { type StateMotif, StatePicture } from "./StatePicture";
import type { NoticeKind } from "./state-motifs";

export type { NoticeKind };

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
      {action ? <div className={styles.action}>{action}</div> : null}
    </div>
  );
}

type NoticeCardProps = {
  kind: NoticeKind;
  /** A small sign beside the words; not needed where there is a picture. */
  icon?: ReactNode;
  picture?: StateMotif | undefined;
  title: string;
  text: string;
  code?: string | undefined;
  headingLevel?: 1 | 2;
  /** Inside another card: without a frame of its own. */
  isPlain?: boolean;
  actions?: ReactNode;
  children?: ReactNode;
};

export function NoticeCard(props: NoticeCardProps) {
  const Heading = props.headingLevel === 1 ? "h1" : "h2";
  return (
    <section className={`${styles.card} ${props.isPlain ? styles.plain : ""}`}>
      <div className={styles.inside}>
        {props.picture ? <StatePicture motif={props.picture} kind={props.kind} /> : null}
        <div className={styles.rest}>
          <div className={styles.head}>
            {props.icon ? (
              <span className={`${styles.square} ${styles[props.kind]}`} aria-hidden>
                {props.icon}
              </span>
            ) : null}
            <div className={styles.words}>
              <Heading className={styles.title}>{props.title}</Heading>
              <p className={styles.text}>{props.text}</p>
              {props.code ? <p className={styles.code}>{props.code}</p> : null}
            </div>
          </div>
          {props.children}
          {props.actions ? <div className={styles.actions}>{props.actions}</div> : null}
        </div>
      </div>
    </section>
  );
}
