/**
 * The buttons for what the person sends: microphone, camera, screen, hand.
 *
 * Own microphone and camera react at once; the state puts them back when the server says no.
 */
import { Hand, Mic, MicOff, MonitorUp, MonitorX, Video, VideoOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { placesOf } from "../../state/course";
import { firstScreen, isOwnHandUp, may } from "../../state/meeting-store";
import { BarButton } from "./BarButton";
import { useMeeting, useMeetingState, useRun } from "./meeting-context";
import { keysOf } from "./shortcuts";

export function MediaButtons() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const own = useMeetingState((state) => state.own);
  const maySpeak = useMeetingState(may("send_sound"));
  const mayShow = useMeetingState(may("send_picture"));
  return (
    <>
      <BarButton
        label={t(own.microphone ? "bar.mic_turn_off" : "bar.mic_turn_on")}
        shortcut={keysOf("microphone", t)}
        icon={own.microphone ? <Mic size={20} aria-hidden /> : <MicOff size={20} aria-hidden />}
        look={own.microphone ? "rest" : "off"}
        isDisabled={!maySpeak}
        onPress={() => void run(commands.toggleMicrophone())}
      />
      <BarButton
        label={t(own.camera ? "bar.camera_turn_off" : "bar.camera_turn_on")}
        shortcut={keysOf("camera", t)}
        icon={own.camera ? <Video size={20} aria-hidden /> : <VideoOff size={20} aria-hidden />}
        look={own.camera ? "rest" : "off"}
        isDisabled={!mayShow}
        onPress={() => void run(commands.toggleCamera())}
      />
    </>
  );
}

export function ShareButton() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const isSharing = useMeetingState((state) => state.own.screen);
  const mayShare = useMeetingState(may("share_screen"));
  const isTaken = useMeetingState((state) => {
    const presenter = firstScreen(state);
    return presenter !== undefined && presenter !== state.you?.participant;
  });
  return (
    <BarButton
      label={t(isSharing ? "bar.share_stop_short" : "bar.share")}
      icon={isSharing ? <MonitorX size={20} aria-hidden /> : <MonitorUp size={20} aria-hidden />}
      look={isSharing ? "on" : "rest"}
      isPressed={isSharing}
      isDisabled={!mayShare || (isTaken && !isSharing)}
      onPress={() => void run(isSharing ? commands.stopScreen() : commands.startScreen())}
    />
  );
}

export function HandButton() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const isUp = useMeetingState(isOwnHandUp);
  const mayRaise = useMeetingState(may("raise_hand"));
  const place = useMeetingState((state) => placesOf(state.floor, state.you?.participant).speech);
  return (
    <BarButton
      label={t(isUp ? "bar.hand_lower" : "bar.hand_raise")}
      shortcut={keysOf("hand", t)}
      icon={<Hand size={20} aria-hidden />}
      look={isUp ? "hand" : "rest"}
      isPressed={isUp}
      isDisabled={!mayRaise}
      count={isUp ? place : 0}
      countLabel={t("floor.place_speech", { place })}
      onPress={() => void run(isUp ? commands.lowerHand() : commands.raiseHand())}
    />
  );
}
