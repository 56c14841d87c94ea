/**
 * A choice from a short list (devices, languages), with a slot for what belongs beside the value.
 *
 * Used by the lobby and the meeting settings. Never decides what is chosen: `value` comes in.
 */
import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import {
  Select as AriaSelect,
  Button,
  ButtonContext,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
} from "react-aria-components";
import styles from "./Select.module.css";

export type SelectOption = { id: string; label: string };

type SelectProps = {
  label: ReactNode;
  options: readonly SelectOption[];
  value: string | null;
  placeholder: string;
  isDisabled?: boolean;
  isSmallLabel?: boolean;
  trailing?: ReactNode;
  action?: ReactNode;
  onChange: (id: string) => void;
};

export function Select(props: SelectProps) {
  const { label, options, value, placeholder, isDisabled = false, isSmallLabel = false } = props;
  return (
    <AriaSelect
      className={styles.field ?? ""}
      value={value}
      isDisabled={isDisabled || options.length === 0}
      placeholder={placeholder}
      onChange={(key) => {
        if (key !== null) props.onChange(String(key));
      }}
    >
      <Label className={`${styles.label} ${isSmallLabel ? styles.small : ""}`}>{label}</Label>
      <div className={styles.box} data-action={props.action ? true : undefined}>
        <Button className={styles.trigger ?? ""}>
          <SelectValue className={styles.value ?? ""} />
          {props.trailing}
          <ChevronDown size={16} aria-hidden className={styles.chevron} />
        </Button>
        {props.action ? (
          <div className={styles.action}>
            {/* A button of its own, not the one that opens the list. */}
            <ButtonContext value={null}>{props.action}</ButtonContext>
          </div>
        ) : null}
      </div>
      <Popover className={styles.popover ?? ""}>
        <ListBox className={styles.list ?? ""} items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.label} className={styles.option ?? ""}>
              {({ isSelected }) => (
                <>
                  <span className={styles.optionText}>{option.label}</span>
                  {isSelected ? <Check size={16} aria-hidden /> : null}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
