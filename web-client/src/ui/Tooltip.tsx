/**
 * Name (and shortcut) of a control whose label is not on screen.
 *
 * Used by IconButton and the control bar. Never the only place where something is said: the
 * control itself carries the same words as its accessible name.
 */
import type { ReactNode } from "react";
import { Tooltip as AriaTooltip, TooltipTrigger } from "react-aria-components";
import styles from "./Tooltip.module.css";

type TooltipProps = { text: string; shortcut?: string | undefined; children: ReactNode };

const OPEN_DELAY_MS = 500;

export function Tooltip({ text, shortcut, children }: TooltipProps) {
  return (
    <TooltipTrigger delay={OPEN_DELAY_MS} closeDelay={0}>
      {children}
      <AriaTooltip className={styles.tooltip} offset={6}>
        <span>{text}</span>
        {shortcut ? <kbd className={styles.keys}>{shortcut}</kbd> : null}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
