/**
 * A short fact about a thing: state of a room, secrecy label, number of unread messages.
 *
 * Colour never speaks alone: the words say the same.
 */
import type { ReactNode } from "react";
import styles from "./Badge.module.css";

export type BadgeKind = "neutral" | "info" | "ok" | "warn" | "danger" | "line";

type BadgeProps = { kind?: BadgeKind; icon?: ReactNode; children: ReactNode };

export function Badge({ kind = "neutral", icon, children }: BadgeProps) {
  return (
    <span className={`${styles.badge} ${styles[kind]}`}>
      {icon}
      {children}
    </span>
  );
}

type CountProps = { value: number; isHot?: boolean };

export function Count({ value, isHot = false }: CountProps) {
  return <span className={isHot ? `${styles.count} ${styles.hot}` : styles.count}>{value}</span>;
}
