/**
 * Numbered steps of mending something, one press each.
 */
import styles from "./Steps.module.css";

export function Steps({ label, steps }: { label?: string; steps: readonly string[] }) {
  return (
    <div className={styles.place}>
      {label ? <p className={styles.label}>{label}</p> : null}
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  );
}
