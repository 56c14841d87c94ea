/**
 * What will stand here and the one thing to do about it.
 */
import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";

type EmptyStateProps = { icon: ReactNode; title: string; text: string; action?: ReactNode };

export function EmptyState({ icon, title, text, action }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <span className={styles.disc} aria-hidden>
        {icon}
      </span>
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>{text}</p>
      {action ? <div className={styles.action}>{action}</div> : null}
    </div>
  );
}
