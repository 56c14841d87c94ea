/**
 * Sound level as bars. The level is a CSS variable (--level, 0 to 1) set on the bars or on an
 * element around them, so that sound never renders React.
 */
import styles from "./Meter.module.css";

export function LevelMeter({ label }: { label: string }) {
  return (
    <span className={styles.meter} role="img" aria-label={label}>
      <i />
      <i />
      <i />
      <i />
      <i />
    </span>
  );
}

/** Three moving bars of somebody who speaks. */
export function SpeakingBars({ label }: { label?: string }) {
  return (
    <span
      className={styles.bars}
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    >
      <i />
      <i />
      <i />
    </span>
  );
}
