/**
 * One part of the form: its name and what it is for beside its fields.
 */
import type { ReactNode } from "react";
import styles from "./FormSection.module.css";

type FormSectionProps = { title: string; text?: string | undefined; children: ReactNode };

export function FormSection({ title, text, children }: FormSectionProps) {
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.words}>
        <h2 className={styles.title}>{title}</h2>
        {text ? <p className={styles.text}>{text}</p> : null}
      </div>
      <div className={styles.fields}>{children}</div>
    </section>
  );
}
