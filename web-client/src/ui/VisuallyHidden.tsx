/**
 * Words for screen readers only.
 */
import type { ReactNode } from "react";
import styles from "./VisuallyHidden.module.css";

type VisuallyHiddenProps = { isLive?: boolean; as?: "span" | "h1" | "h2"; children: ReactNode };

export function VisuallyHidden({ isLive = false, as: Tag = "span", children }: VisuallyHiddenProps) {
  return (
    <Tag className={styles.hidden} aria-live={isLive ? "polite" : undefined}>
      {children}
    </Tag>
  );
}
