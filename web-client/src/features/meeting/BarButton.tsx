/**
 * One button of the control bar: a pill with a picture, its word below where there is room.
 */
import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import { Tooltip } from "../../ui/Tooltip";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import styles from "./BarButton.module.css";

type BarButtonProps = {
  label: string;
  shortcut?: string | undefined;
  icon: ReactNode;
  /** off: microphone or camera is off; on: what it opens is open; hand: own hand is up. */
  look?: "rest" | "off" | "on" | "hand";
  count?: number | undefined;
  countLabel?: string | undefined;
  isPressed?: boolean;
  isDisabled?: boolean;
  onPress?: () => void;
};

export function BarButton(props: BarButtonProps) {
  const { label, shortcut, icon, look = "rest", count = 0, countLabel, isPressed, isDisabled } = props;
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <Button
        className={styles.button ?? ""}
        data-look={look}
        isDisabled={isDisabled ?? false}
        {...(isPressed === undefined ? {} : { "aria-pressed": isPressed })}
        {...(props.onPress ? { onPress: props.onPress } : {})}
      >
        <span className={styles.pill} data-count={count > 0 ? count : undefined}>
          {icon}
        </span>
        <span className={styles.label}>{label}</span>
        {count > 0 && countLabel ? <VisuallyHidden>{countLabel}</VisuallyHidden> : null}
      </Button>
    </Tooltip>
  );
}
