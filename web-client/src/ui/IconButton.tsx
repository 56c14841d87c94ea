/**
 * A square button that shows only a picture; its name is the tooltip and the accessible name.
 *
 * Used where the meaning is plain from the place. Never without `label`.
 */
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components";
import styles from "./IconButton.module.css";
import { Tooltip } from "./Tooltip";

type IconButtonProps = Omit<ButtonProps, "className" | "style" | "children"> & {
  label: string;
  shortcut?: string | undefined;
  size?: "dense" | "normal" | "touch";
  children: ReactNode;
};

export function IconButton({ label, shortcut, size = "normal", children, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <AriaButton {...rest} aria-label={label} className={`${styles.button} ${styles[size]}`}>
        {children}
      </AriaButton>
    </Tooltip>
  );
}
