/**
 * The dialogs of a meeting: shortcuts, devices, and the second step of removing and ending.
 */
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { may } from "../../state/meeting-store";
import type { SettingsStore } from "../../state/settings-store";
import { DeviceChoices } from "../../ui/DeviceChoices";
import { DeviceNotice } from "../../ui/DeviceNotice";
import { ConfirmDialog, Dialog } from "../../ui/Dialog";
import { EffectChoices } from "../../ui/EffectChoices";
import { Switch } from "../../ui/Switch";
import { LiveDialog } from "./LiveDialog";
import { ROLL_KEYS } from "./lead/roll-keys";
import styles from "./MeetingDialogs.module.css";
import { useMeeting, useMeetingState, useRun, useView, useViewStore } from "./meeting-context";
import { OwnPicture } from "./OwnPicture";
import { keysOf, SHORTCUTS } from "./shortcuts";

export function MeetingDialogs({ settings }: { settings: SettingsStore }) {
  const { t } = useTranslation();
  const { commands, local } = useMeeting();
  const run = useRun();
  const view = useViewStore();
  const dialog = useView((state) => state.dialog);
  const removing = useView((state) => state.removing);
  const removingName = useMeetingState((state) =>
    removing === null ? "" : (state.participants.get(removing)?.name ?? ""),
  );
  const count = useMeetingState((state) => state.order.length);
  const close = () => view.setState({ dialog: null });
  return (
    <>
      <ShortcutsDialog isOpen={dialog === "shortcuts"} settings={settings} onClose={close} />
      <Dialog title={t("devices_dialog.title")} isOpen={dialog === "devices"} onClose={close}>
        <DeviceNotice local={local} />
        <OwnPicture />
        <DeviceChoices local={local} layout="column" isInMeeting />
        <EffectChoices local={local} layout="column" />
      </Dialog>
      <LiveDialog isOpen={dialog === "live"} onClose={close} />
      <ConfirmDialog
        title={t("more.end_title")}
        text={t("more.end_text", { count })}
        confirm={t("more.end_confirm")}
        isOpen={dialog === "end"}
        onConfirm={() => void run(commands.endForAll())}
        onClose={close}
      />
      <ConfirmDialog
        title={t("people.remove_title", { name: removingName })}
        text={t("people.remove_text")}
        confirm={t("people.remove_confirm")}
        isOpen={removing !== null && removingName !== ""}
        onConfirm={() => {
          if (removing !== null) void run(commands.remove(removing));
        }}
        onClose={() => view.setState({ removing: null })}
      />
    </>
  );
}

type ShortcutsDialogProps = { isOpen: boolean; settings: SettingsStore; onClose: () => void };

function ShortcutsDialog({ isOpen, settings, onClose }: ShortcutsDialogProps) {
  const { t } = useTranslation();
  const areOn = useStore(settings.store, (state) => state.areShortcutsOn);
  const mayCallRoll = useMeetingState(may("call_roll"));
  return (
    <Dialog title={t("shortcuts.title")} isOpen={isOpen} onClose={onClose}>
      <Switch
        isOn={areOn}
        onChange={(on) => settings.change({ areShortcutsOn: on })}
        help={t("shortcuts.enabled_help")}
      >
        {t("shortcuts.enabled")}
      </Switch>
      <dl className={styles.keys} data-off={!areOn || undefined}>
        {SHORTCUTS.map(({ id }) => (
          <Key key={id} words={t(`shortcuts.${id}`)} keys={keysOf(id, t)} />
        ))}
      </dl>
      {mayCallRoll ? (
        <>
          <h3 className={styles.part}>{t("roll.title")}</h3>
          <dl className={styles.keys} data-off={!areOn || undefined}>
            {ROLL_KEYS.map(({ keys, words }) => (
              <Key key={words} words={t(words)} keys={keys ?? t("shortcuts.key_space")} />
            ))}
          </dl>
        </>
      ) : null}
    </Dialog>
  );
}

function Key({ words, keys }: { words: string; keys: string }) {
  return (
    <div className={styles.line}>
      <dt>{words}</dt>
      <dd>
        <kbd className={styles.key}>{keys}</kbd>
      </dd>
    </div>
  );
}
