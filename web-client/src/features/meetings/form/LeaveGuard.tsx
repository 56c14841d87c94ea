/**
 * Asks before a page with unsaved changes is left.
 */
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { ConfirmDialog } from "../../../ui/Dialog";
import { holdLeaving } from "./leaving";

export function LeaveGuard({ isDirty }: { isDirty: boolean }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  /** Where the person wanted to go. */
  const [address, setAddress] = useState<string | null>(null);
  /** Where the person goes, having been asked. */
  const [leavingTo, setLeavingTo] = useState<string | null>(null);
  const holds = isDirty && leavingTo === null;
  useEffect(() => (holds ? holdLeaving(setAddress) : undefined), [holds]);
  useEffect(() => {
    if (leavingTo !== null) navigate(leavingTo);
  }, [leavingTo, navigate]);
  return (
    <ConfirmDialog
      title={t("form.leave_title")}
      text={t("form.leave_text")}
      confirm={t("form.leave_confirm")}
      isOpen={address !== null}
      onConfirm={() => setLeavingTo(address)}
      onClose={() => setAddress(null)}
    />
  );
}
