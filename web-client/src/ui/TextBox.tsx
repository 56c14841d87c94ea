/**
 * A field of several lines with label, help and error. Never validates: the caller says what is wrong.
 */
import { FieldError, Label, Text, TextArea, TextField } from "react-aria-components";
import styles from "./TextField.module.css";

type TextBoxProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  maxLength?: number;
  help?: string | undefined;
  error?: string | undefined;
};

export function TextBox({ label, value, onChange, rows = 3, maxLength, help, error }: TextBoxProps) {
  return (
    <TextField className={styles.field ?? ""} value={value} onChange={onChange} isInvalid={Boolean(error)}>
      <Label className={styles.label ?? ""}>{label}</Label>
      <div className={`${styles.box} ${styles.normal}`} data-invalid={error ? true : undefined}>
        <TextArea
          className={`${styles.input} ${styles.lines}`}
          rows={rows}
          {...(maxLength === undefined ? {} : { maxLength })}
        />
      </div>
      {help ? (
        <Text slot="description" className={styles.help ?? ""}>
          {help}
        </Text>
      ) : null}
      <FieldError className={styles.error ?? ""}>{error}</FieldError>
    </TextField>
  );
}
