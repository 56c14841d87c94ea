/**
 * Speaks of a weak link in plain words, and of pictures that rest because of it, with one press back.
 *
 * Used by MeetingPage once; it also keeps the time for link-care.ts and switches the own camera off
 * while the pictures rest.
 */
import { Images, SignalLow } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type LinkQuality, linkGrade } from "../../state/meeting-store";
import { Button } from "../../ui/Button";
import { Banner } from "../../ui/Notice";
import { useNow } from "../../ui/use-now";
import { chooseSaving, isWorthSaying, watchLink } from "./link-care";
import { useMeeting, useMeetingState, useView, useViewStore } from "./meeting-context";

/** How often the link is looked at, in ms. */
const LOOK_MS = 1000;

export function LinkNotice() {
  const { t } = useTranslation();
  const view = useViewStore();
  const care = useView((state) => state.care);
  const link = useMeetingState((state) => state.link);
  const isOpen = useMeetingState((state) => state.connection.state === "open");
  const now = useNow(LOOK_MS);
  useLinkWatch();
  useRestingCamera();
  if (!isOpen) return null;
  const choose = (isSaving: boolean) =>
    view.setState((state) => ({ care: chooseSaving(state.care, isSaving, Date.now()) }));
  if (care.saving !== "off") {
    return (
      <Banner
        kind={care.saving === "automatic" ? "warn" : "info"}
        icon={<Images size={20} aria-hidden />}
        isLive
        action={
          <Button size="dense" variant="primary" onPress={() => choose(false)}>
            {t("weak.pictures_back")}
          </Button>
        }
      >
        {t(care.saving === "automatic" ? "weak.resting_automatic" : "weak.resting_chosen")}
      </Banner>
    );
  }
  if (!link || !isWorthSaying(care, now) || now < care.calmUntilMs) return null;
  return (
    <Banner
      kind="warn"
      icon={<SignalLow size={20} aria-hidden />}
      isLive
      action={
        <Button size="dense" variant="primary" onPress={() => choose(true)}>
          {t("weak.rest")}
        </Button>
      }
    >
      {t(`weak.${troubleOf(link)}`)}
    </Banner>
  );
}

/** What a person would notice of it. */
function troubleOf(link: LinkQuality): "uplink" | "downlink" | "delay" {
  if (link.uplinkLoss < 0.05 && link.downlinkLoss < 0.05) return "delay";
  return link.uplinkLoss >= link.downlinkLoss ? "uplink" : "downlink";
}

function useLinkWatch(): void {
  const meeting = useMeeting();
  const view = useViewStore();
  useEffect(() => {
    const timer = setInterval(() => {
      const state = meeting.store.getState();
      if (state.connection.state !== "open") return;
      const before = view.getState().care;
      const care = watchLink(before, linkGrade(state) === "poor", Date.now());
      if (care !== before) view.setState({ care });
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [meeting, view]);
}

/** The own camera rests with the others and comes back with them, if it was on. */
function useRestingCamera(): void {
  const { commands, store } = useMeeting();
  const isResting = useView((state) => state.care.saving !== "off");
  const wasOn = useRef(false);
  useEffect(() => {
    const isOn = store.getState().own.camera;
    if (isResting && isOn) {
      wasOn.current = true;
      void commands.toggleCamera();
    } else if (!isResting && wasOn.current) {
      wasOn.current = false;
      if (!isOn) void commands.toggleCamera();
    }
  }, [commands, store, isResting]);
}
