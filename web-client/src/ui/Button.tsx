/**
 * The one push button: verb as label, optional picture before it.
 *
 * Used by every feature. Never holds state of its own; what a press means is the caller's.
 */
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import styles from "./Button.module.css";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "quiet" | "danger" | "danger-outline";

type ButtonProps = Omit<AriaButtonProps, "className" | "style" | "children"> & {
  variant?: ButtonVariant;
  size?: "dense" | "normal" | "large";
  isWide?: boolean;
  icon?: ReactNode;
  children: ReactNode;
};

export function Button(props: ButtonProps) {
  const { variant = "secondary", size = "normal", isWide = false, icon, children, ...rest } = props;
  return (
    <AriaButton {...rest} className={buttonClass(variant, size, isWide)}>
      {icon}
      <span>{children}</span>
    </AriaButton>
  );
}

type ButtonLinkProps = {
  href: string;
  variant?: ButtonVariant;
  size?: "dense" | "normal" | "large";
  isWide?: boolean;
  icon?: ReactNode;
  onFollow?: (href: string) => void;
  children: ReactNode;
};

/** A link that looks like a button; `onFollow` takes plain clicks, so that no page load happens. */
export function ButtonLink(props: ButtonLinkProps) {
  const { href, variant = "secondary", size = "normal", isWide = false, icon, onFollow, children } = props;
  return (
    <a
      href={href}
      className={buttonClass(variant, size, isWide)}
      onClick={(event) => {
        if (!onFollow || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        onFollow(href);
      }}
    >
      {icon}
      <span>{children}</span>
    </a>
  );
}

function buttonClass(variant: ButtonVariant, size: string, isWide: boolean): string {
  return [styles.button, styles[variant], styles[size], isWide ? styles.wide : ""].filter(Boolean).join(" ");
}
