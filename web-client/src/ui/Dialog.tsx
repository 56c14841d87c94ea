/**
 * A question or a small form over the page; the rest waits.
 *
 * `Dialog` is the frame, `ConfirmDialog` the second step of what cannot be taken back. Escape and
 * the close button always mean "nothing happens".
 */
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import styles from "./Dialog.module.css";
import { IconButton } from "./IconButton";

type DialogProps = {
  title: string;
  isOpen: boolean;
  role?: "dialog" | "alertdialog";
  onClose: () => void;
  actions?: ReactNode;
  children: ReactNode;
};

export function Dialog({ title, isOpen, role = "dialog", onClose, actions, children }: DialogProps) {
  const { t } = useTranslation();
  return (
    <ModalOverlay
      isOpen={isOpen}
      isDismissable={role === "dialog"}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      className={styles.veil ?? ""}
    >
      <Modal className={styles.modal ?? ""}>
        <AriaDialog role={role} className={styles.dialog ?? ""}>
          <div className={styles.head}>
            <Heading slot="title" className={styles.title ?? ""}>
              {title}
            </Heading>
            <IconButton label={t("action.close")} onPress={onClose}>
              <X size={20} aria-hidden />
            </IconButton>
          </div>
          <div className={styles.body}>{children}</div>
          {actions ? <div className={styles.actions}>{actions}</div> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

type ConfirmDialogProps = {
  title: string;
  text: string;
  confirm: string;
  isOpen: boolean;
  onConfirm: () => void;
  onClose: () => void;
};

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={props.title}
      isOpen={props.isOpen}
      role="alertdialog"
      onClose={props.onClose}
      actions={
        <>
          <Button onPress={props.onClose} autoFocus>
            {t("action.cancel")}
          </Button>
          <Button
            variant="danger"
            onPress={() => {
              props.onConfirm();
              props.onClose();
            }}
          >
            {props.confirm}
          </Button>
        </>
      }
    >
      <p>{props.text}</p>
    </Dialog>
  );
}
