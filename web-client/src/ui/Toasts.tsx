/**
 * Short notices at the lower left, at most two; errors stay until closed.
 *
 * Shown by the meeting; what is in the list and how long it stays is decided in the state. Never
 * takes the focus.
 */
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { IconButton } from "./IconButton";
import styles from "./Toasts.module.css";

export type ToastView = {
  id: string;
  icon: ReactNode;
  title: string;
  detail?: string | undefined;
  isError?: boolean;
  /** What can be done about it, in one press. */
  action?: { label: string; run: () => void } | undefined;
};

type ToastsProps = { toasts: readonly ToastView[]; onClose: (id: string) => void };

export const TOASTS_SHOWN = 2;

export function Toasts({ toasts, onClose }: ToastsProps) {
  const { t } = useTranslation();
  return (
    <section className={styles.stack} aria-label={t("toast.region")}>
      {toasts.slice(-TOASTS_SHOWN).map((toast) => (
        <div
          key={toast.id}
          className={styles.toast}
          role={toast.isError ? "alert" : "status"}
          data-error={toast.isError ? true : undefined}
        >
          <span className={styles.icon}>{toast.icon}</span>
          <div className={styles.words}>
            <strong className={styles.title}>{toast.title}</strong>
            {toast.detail ? <span className={styles.detail}>{toast.detail}</span> : null}
            {toast.action ? (
              <div className={styles.action}>
                <Button size="dense" onPress={toast.action.run}>
                  {toast.action.label}
                </Button>
              </div>
            ) : null}
          </div>
          <IconButton size="dense" label={t("action.close")} onPress={() => onClose(toast.id)}>
            <X size={18} aria-hidden />
          </IconButton>
        </div>
      ))}
    </section>
  );
}
