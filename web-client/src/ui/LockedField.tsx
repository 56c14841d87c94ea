/**
 * A value that the person sees but cannot change here, with where it comes from.
 */
import { Lock } from "lucide-react";
import styles from "./LockedField.module.css";

type LockedFieldProps = { label: string; value: string; origin?: string };

export function LockedField({ label, value, origin }: LockedFieldProps) {
  return (
    <div className={styles.field}>
      <div className={styles.label}>{label}</div>
      <div className={styles.box}>
        <Lock size={16} aria-hidden className={styles.icon} />
        <span className={styles.value}>{value}</span>
        {origin ? <span className={styles.origin}>{origin}</span> : null}
      </div>
    </div>
  );
}
