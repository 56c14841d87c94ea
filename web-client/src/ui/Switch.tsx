/**
 * On or off, with its name beside it. Takes effect at once.
 */
import type { ReactNode } from "react";
import { Switch as AriaSwitch } from "react-aria-components";
import styles from "./Switch.module.css";

type SwitchProps = {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  help?: string;
  children: ReactNode;
};

export function Switch({ isOn, onChange, help, children }: SwitchProps) {
  return (
    <AriaSwitch isSelected={isOn} onChange={onChange} className={styles.switch ?? ""}>
      <span className={styles.words}>
        <span>{children}</span>
        {help ? <span className={styles.help}>{help}</span> : null}
      </span>
      <span className={styles.track} aria-hidden />
    </AriaSwitch>
  );
}
