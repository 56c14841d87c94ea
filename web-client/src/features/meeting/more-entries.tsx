/**
 * The entries of "more", in three groups: screens (phones only), the room, oneself.
 */
import {
  Activity,
  BookOpen,
  CircleOff,
  DoorClosed,
  DoorOpen,
  FileText,
  Gavel,
  Images,
  Keyboard,
  Languages,
  Link2,
  Lock,
  LockOpen,
  MessageSquare,
  MicOff,
  MonitorUp,
  MonitorX,
  PictureInPicture2,
  Radio,
  Settings2,
  SwitchCamera,
  Users,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { guideFor, invitationLink, statisticsPath } from "../../routes";
import { may } from "../../state/meeting-store";
import { browserKind } from "../../ui/browser";
import { useLanguage } from "../../ui/language";
import type { MenuEntry } from "../../ui/Menu";
import { useLayoutEntries } from "./LayoutMenu";
import { mayLead, openLead } from "./lead-entry";
import { chooseSaving } from "./link-care";
import { useMeeting, useMeetingState, useRun, useView, useViewStore } from "./meeting-context";
import { canShowMini, openMini } from "./mini-window";
import { useUnread } from "./use-unread";

/** Panels, sharing and layouts, which have no room in the bar of a phone. */
export function usePlaceEntries(): readonly MenuEntry[] {
  const { t } = useTranslation();
  const meeting = useMeeting();
  const { commands } = meeting;
  const run = useRun();
  const view = useViewStore();
  const unread = useUnread();
  const waiting = useMeetingState((state) => state.waiting.length);
  const isSharing = useMeetingState((state) => state.own.screen);
  const mayShare = useMeetingState(may("share_screen"));
  const layouts = useLayoutEntries();
  const leads = useMeetingState(mayLead);
  const canShare = mayShare && "getDisplayMedia" in (navigator.mediaDevices ?? {});
  return [
    {
      id: "people",
      label: t("bar.people"),
      icon: <Users size={18} aria-hidden />,
      note: waiting > 0 ? t("bar.waiting", { count: waiting }) : undefined,
      onAction: () => view.setState({ panel: "people" }),
    },
    {
      id: "chat",
      label: t("bar.chat"),
      icon: <MessageSquare size={18} aria-hidden />,
      note: unread > 0 ? t("bar.unread", { count: unread }) : undefined,
      onAction: () => view.setState({ panel: "chat" }),
    },
    {
      id: "agenda",
      label: t("bar.agenda"),
      icon: <FileText size={18} aria-hidden />,
      onAction: () => view.setState({ panel: "agenda" }),
    },
    ...(leads
      ? [
          {
            id: "lead",
            label: t("more.lead"),
            icon: <Gavel size={18} aria-hidden />,
            onAction: () => openLead(meeting, view),
          },
        ]
      : []),
    ...(canShare
      ? [
          {
            id: "share",
            label: t(isSharing ? "bar.share_stop" : "bar.share"),
            icon: isSharing ? <MonitorX size={18} aria-hidden /> : <MonitorUp size={18} aria-hidden />,
            onAction: () => void run(isSharing ? commands.stopScreen() : commands.startScreen()),
          },
        ]
      : []),
    ...layouts,
  ];
}

/** For those who keep the room. */
export function useRoomEntries(): readonly MenuEntry[] {
  const { t } = useTranslation();
  const { commands, conference, toasts } = useMeeting();
  const run = useRun();
  const view = useViewStore();
  const isLocked = useMeetingState((state) => state.conference?.locked ?? false);
  const hasWaitingRoom = useMeetingState((state) => state.conference?.waiting_room ?? false);
  const mayLock = useMeetingState(may("lock"));
  const mayMute = useMeetingState(may("mute"));
  const mayAdmit = useMeetingState(may("admit"));
  const mayEnd = useMeetingState(may("end_for_all"));
  const maySee = useMeetingState(may("see_statistics"));
  const mayGoLive = useMeetingState(may("go_live"));
  const isLive = useMeetingState((state) => state.conference?.live_since_ms !== undefined);
  const muteAll = async () => {
    if (await run(commands.muteAll())) toasts.show("muted_all");
  };
  return [
    mayMute && {
      id: "mute-all",
      label: t("more.mute_all"),
      icon: <MicOff size={18} aria-hidden />,
      onAction: () => void muteAll(),
    },
    mayAdmit && {
      id: "waiting-room",
      label: t(hasWaitingRoom ? "more.waiting_room_off" : "more.waiting_room_on"),
      icon: hasWaitingRoom ? <DoorOpen size={18} aria-hidden /> : <DoorClosed size={18} aria-hidden />,
      onAction: () => void run(commands.waitingRoom(!hasWaitingRoom)),
    },
    mayLock && {
      id: "lock",
      label: t(isLocked ? "more.unlock" : "more.lock"),
      icon: isLocked ? <LockOpen size={18} aria-hidden /> : <Lock size={18} aria-hidden />,
      onAction: () => void run(commands.lock(!isLocked)),
    },
    mayGoLive && {
      id: "live",
      label: t(isLive ? "more.live_now" : "more.live"),
      icon: <Radio size={18} aria-hidden />,
      onAction: () => view.setState({ dialog: "live" }),
    },
    maySee && {
      id: "statistics",
      label: t("more.statistics"),
      icon: <Activity size={18} aria-hidden />,
      // A page of its own: watching the lines must not leave the meeting.
      onAction: () => void window.open(statisticsPath(conference), "_blank", "noopener"),
    },
    mayEnd && {
      id: "end",
      label: t("more.end_for_all"),
      icon: <CircleOff size={18} aria-hidden />,
      isDanger: true,
      onAction: () => view.setState({ dialog: "end" }),
    },
  ].filter((entry) => entry !== false);
}

/** For everybody. */
export function useOwnEntries(): readonly MenuEntry[] {
  const { t } = useTranslation();
  const { conference, local, toasts } = useMeeting();
  const cameras = useStore(local.store, (state) => state.devices.camera.length);
  const role = useMeetingState((state) => state.you?.role);
  const isPhone = ["android", "ios"].includes(browserKind());
  const view = useViewStore();
  const { language, choose } = useLanguage();
  const copy = () => {
    navigator.clipboard?.writeText(invitationLink(conference)).then(
      () => toasts.show("link_copied"),
      () => undefined,
    );
  };
  const isSaving = useView((state) => state.care.saving !== "off");
  const save = () => view.setState((state) => ({ care: chooseSaving(state.care, !isSaving, Date.now()) }));
  return [
    {
      id: "saving",
      label: t(isSaving ? "more.saving_off" : "more.saving_on"),
      icon: <Images size={18} aria-hidden />,
      onAction: save,
    },
    ...(isPhone && cameras > 1
      ? [
          {
            id: "turn-camera",
            label: t("more.turn_camera"),
            icon: <SwitchCamera size={18} aria-hidden />,
            onAction: () => void local.turnCamera(),
          },
        ]
      : []),
    ...(canShowMini()
      ? [
          {
            id: "mini",
            label: t("more.mini"),
            icon: <PictureInPicture2 size={18} aria-hidden />,
            onAction: () => openMini(view),
          },
        ]
      : []),
    {
      id: "copy",
      label: t("more.copy_link"),
      icon: <Link2 size={18} aria-hidden />,
      onAction: copy,
    },
    {
      id: "devices",
      label: t("more.devices"),
      icon: <Settings2 size={18} aria-hidden />,
      onAction: () => view.setState({ dialog: "devices" }),
    },
    {
      id: "shortcuts",
      label: t("more.shortcuts"),
      icon: <Keyboard size={18} aria-hidden />,
      note: "?",
      onAction: () => view.setState({ dialog: "shortcuts" }),
    },
    {
      id: "guide",
      label: t("more.guide"),
      icon: <BookOpen size={18} aria-hidden />,
      // A page of its own: reading must not leave the meeting.
      onAction: () => void window.open(guideFor(role), "_blank", "noopener"),
    },
    {
      id: "language",
      label: t("more.language"),
      icon: <Languages size={18} aria-hidden />,
      onAction: () => choose(language === "vi" ? "en" : "vi"),
    },
  ];
}
