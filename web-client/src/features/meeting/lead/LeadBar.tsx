/**
 * The bar under the screens of those who lead: which screen, what holds for the whole room, own
 * microphone and camera, and the ways out.
 */
import { CircleOff, Image, LayoutGrid, Lock, LockOpen, MessageSquare, MicVocal, Undo2 } from "lucide-react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { may } from "../../../state/meeting-store";
import { Button } from "../../../ui/Button";
import { BarButton } from "../BarButton";
import { useMeeting, useMeetingState, useRun, useView, useViewStore } from "../meeting-context";
import { MediaButtons } from "../OwnButtons";
import { useUnread } from "../use-unread";
import { type Screen, togglePanel } from "../view-state";
import styles from "./LeadBar.module.css";
import { LeadDialogs } from "./LeadDialogs";
import { MuteAll } from "./MuteAll";

export function LeadBar() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const view = useViewStore();
  const panel = useView((state) => state.panel);
  const unread = useUnread();
  const isLocked = useMeetingState((state) => state.conference?.locked ?? false);
  const isFloorOnly = useMeetingState((state) => state.conference?.microphones === "floor");
  const mayMute = useMeetingState(may("mute"));
  const mayLock = useMeetingState(may("lock"));
  const maySet = useMeetingState(may("set_stage"));
  const mayEnd = useMeetingState(may("end_for_all"));
  return (
    <section className={styles.bar} data-region="bar" aria-label={t("bar.label")} tabIndex={-1}>
      <Screens />
      <div className={styles.group}>
        {mayMute ? <MuteAll /> : null}
        {mayMute ? (
          <ToggleButton
            className={styles.toggle ?? ""}
            isSelected={isFloorOnly}
            onChange={(on) =>
              void run(commands.course({ type: "microphones", microphones: on ? "floor" : "open" }))
            }
          >
            <MicVocal size={18} aria-hidden />
            {t("chair.floor_only")}
          </ToggleButton>
        ) : null}
        {mayLock ? (
          <ToggleButton
            className={styles.toggle ?? ""}
            isSelected={isLocked}
            onChange={(on) => void run(commands.lock(on))}
          >
            {isLocked ? <Lock size={18} aria-hidden /> : <LockOpen size={18} aria-hidden />}
            {t(isLocked ? "chair.locked" : "more.lock")}
          </ToggleButton>
        ) : null}
        {maySet ? (
          <>
            <Button
              icon={<LayoutGrid size={18} aria-hidden />}
              onPress={() => view.setState({ dialog: "stage" })}
            >
              {t("bar.layout")}
            </Button>
            <Button
              icon={<Image size={18} aria-hidden />}
              onPress={() => view.setState({ dialog: "picture" })}
            >
              {t("layout.composed")}
            </Button>
          </>
        ) : null}
      </div>
      <div className={styles.own}>
        <MediaButtons />
        <BarButton
          label={t("bar.chat")}
          icon={<MessageSquare size={20} aria-hidden />}
          look={panel === "chat" ? "on" : "rest"}
          isPressed={panel === "chat"}
          count={unread}
          countLabel={t("bar.unread", { count: unread })}
          onPress={() => togglePanel(view, "chat")}
        />
        <BarButton
          label={t("chair.back")}
          icon={<Undo2 size={20} aria-hidden />}
          onPress={() => view.setState({ screen: "stage" })}
        />
        {mayEnd ? (
          <BarButton
            label={t("chair.end")}
            look="off"
            icon={<CircleOff size={20} aria-hidden />}
            onPress={() => view.setState({ dialog: "end" })}
          />
        ) : null}
      </div>
      <LeadDialogs />
    </section>
  );
}

function Screens() {
  const { t } = useTranslation();
  const view = useViewStore();
  const screen = useView((state) => state.screen);
  const mayGive = useMeetingState(may("give_floor"));
  const mayCall = useMeetingState(may("call_roll"));
  const screens: Screen[] = [
    ...(mayGive ? ["chair" as const] : []),
    ...(mayCall ? (["roll_call", "sites"] as const) : []),
  ];
  return (
    <ToggleButtonGroup
      className={styles.screens ?? ""}
      aria-label={t("chair.screens")}
      disallowEmptySelection
      selectedKeys={[screen]}
      onSelectionChange={(keys) => {
        const chosen = screens.find((one) => keys.has(one));
        if (chosen) view.setState({ screen: chosen });
      }}
    >
      {screens.map((one) => (
        <ToggleButton key={one} id={one} className={styles.screen ?? ""}>
          {t(`chair.screen_${one as Exclude<Screen, "stage">}`)}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
