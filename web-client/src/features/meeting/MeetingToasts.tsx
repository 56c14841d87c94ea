/**
 * Puts the meeting's notes into words and icons.
 */

import type { TFunction } from "i18next";
import {
  CircleAlert,
  DoorOpen,
  Gavel,
  Hand,
  Info,
  Link2,
  Lock,
  MicOff,
  MonitorUp,
  RefreshCw,
  UserPlus,
} from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import type { EffectKind, EffectTrouble } from "../../rtc/effects/effect";
import type { Toast, ToastCode } from "../../state/toasts";
import { Toasts, type ToastView } from "../../ui/Toasts";
import { useMeeting, useViewStore } from "./meeting-context";

/** Toasts with a way to the dialog of devices. */
const ABOUT_DEVICES: ReadonlySet<ToastCode> = new Set<ToastCode>([
  "device_lost",
  "device_error",
  "effect_off",
]);

export function MeetingToasts() {
  const { t } = useTranslation();
  const { toasts } = useMeeting();
  const view = useViewStore();
  const shown = useStore(toasts.store, (state) => state.shown);
  const withAction = (toast: Toast): ToastView => {
    const words = inWords(toast, t);
    if (!ABOUT_DEVICES.has(toast.code)) return words;
    const run = () => {
      toasts.dismiss(toast.id);
      view.setState({ dialog: "devices" });
    };
    return { ...words, action: { label: t("toast.device_choose"), run } };
  };
  return <Toasts toasts={shown.map(withAction)} onClose={(id) => toasts.dismiss(Number(id))} />;
}

const ICONS: Partial<Record<ToastCode, ReactNode>> = {
  muted_by: <MicOff size={20} aria-hidden />,
  muted_all: <MicOff size={20} aria-hidden />,
  hand_lowered_by: <Hand size={20} aria-hidden />,
  door_opened_by: <DoorOpen size={20} aria-hidden />,
  leads_now: <Gavel size={20} aria-hidden />,
  you_lead: <Gavel size={20} aria-hidden />,
  locked_by: <Lock size={20} aria-hidden />,
  sharing_started: <MonitorUp size={20} aria-hidden />,
  reconnected: <RefreshCw size={20} aria-hidden />,
  somebody_waits: <UserPlus size={20} aria-hidden />,
  link_copied: <Link2 size={20} aria-hidden />,
  refused: <CircleAlert size={20} aria-hidden />,
  device_error: <CircleAlert size={20} aria-hidden />,
  device_lost: <CircleAlert size={20} aria-hidden />,
  effect_off: <CircleAlert size={20} aria-hidden />,
};

function inWords(toast: Toast, t: TFunction): ToastView {
  const name = String(toast.facts.name ?? "");
  return {
    id: String(toast.id),
    icon: ICONS[toast.code] ?? <Info size={20} aria-hidden />,
    title: t(toast.code === "effect_off" ? `toast.${effectOf(toast)}_off` : `toast.${toast.code}`, { name }),
    detail: detailOf(toast, t),
    isError: toast.tone === "error",
  };
}

function effectOf(toast: Toast): EffectKind {
  return toast.facts.effect === "noise" ? "noise" : "blur";
}

/** The second line: what can be done, or why not. */
function detailOf(toast: Toast, t: TFunction): string | undefined {
  const error = String(toast.facts.error ?? "");
  if (toast.code === "refused") {
    return t(`refusal.${error}` as "refusal.locked", { limit: Number(toast.facts.limit ?? 0) });
  }
  if (toast.code === "device_error") return t(`device_error.${error}` as "device_error.device_failed");
  if (toast.code === "device_lost") return t("device_error.device_lost");
  if (toast.code === "effect_off") return t(`effect.${effectOf(toast)}_${error as EffectTrouble}`);
  if (toast.code === "muted_by") return t("toast.muted_by_detail");
  if (toast.code === "reconnected") return t("toast.reconnected_detail");
  if (toast.code === "somebody_waits") return t("toast.somebody_waits_detail");
  return undefined;
}
