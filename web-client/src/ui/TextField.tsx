/**
 * A one-line field with label, help and error; passwords can be shown.
 *
 * Used by login, lobby and the create dialog. Never validates: the caller says what is wrong.
 */
import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  FieldError,
  Input,
  Label,
  Text,
} from "react-aria-components";
import { useTranslation } from "react-i18next";
import { IconButton } from "./IconButton";
import styles from "./TextField.module.css";

type TextFieldProps = Omit<AriaTextFieldProps, "className" | "style" | "children"> & {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  size?: "normal" | "large";
  placeholder?: string;
};

export function TextField(props: TextFieldProps) {
  const { label, help, error, size = "normal", placeholder, type = "text", ...rest } = props;
  const { t } = useTranslation();
  const [isShown, setShown] = useState(false);
  const isPassword = type === "password";
  return (
    <AriaTextField
      {...rest}
      type={isPassword && isShown ? "text" : type}
      isInvalid={Boolean(error)}
      className={styles.field ?? ""}
    >
      <Label className={styles.label ?? ""}>{label}</Label>
      <div className={`${styles.box} ${styles[size]}`} data-invalid={error ? true : undefined}>
        <Input className={styles.input ?? ""} placeholder={placeholder ?? ""} />
        {isPassword ? (
          <IconButton
            size="dense"
            label={t(isShown ? "field.hide_password" : "field.show_password")}
            onPress={() => setShown(!isShown)}
          >
            {isShown ? <EyeOff size={20} aria-hidden /> : <Eye size={20} aria-hidden />}
          </IconButton>
        ) : null}
      </div>
      {help ? (
        <Text slot="description" className={styles.help ?? ""}>
          {help}
        </Text>
      ) : null}
      <FieldError className={styles.error ?? ""}>{error}</FieldError>
    </AriaTextField>
  );
}
