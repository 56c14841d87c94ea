/**
 * Initials in a circle, where there is no picture of a person.
 */

import styles from "./Avatar.module.css";
import { initials } from "./names";

type AvatarProps = { name: string; size?: "small" | "normal" | "large" };

export function Avatar({ name, size = "normal" }: AvatarProps) {
  return (
    <span className={`${styles.avatar} ${styles[size]}`} aria-hidden>
      {initials(name)}
    </span>
  );
}
