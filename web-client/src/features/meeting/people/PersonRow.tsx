/**
 * One person inside: name, unit, what is on, and what may be done about it.
 */
import { Ellipsis, Gavel, Hand, Mic, MicOff, Pin, PinOff, UserX, Video, VideoOff } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { ParticipantId } from "../../../protocol/generated";
import { handPlaceOf, isSpeaking, may, participantOf } from "../../../state/meeting-store";
import { Avatar } from "../../../ui/Avatar";
import { IconButton } from "../../../ui/IconButton";
import { Menu, type MenuEntry } from "../../../ui/Menu";
import { PersonName } from "../../../ui/PersonName";
import { useMeeting, useMeetingState, useRun, useView, useViewStore } from "../meeting-context";
import { togglePin } from "../view-state";
import styles from "./PersonRow.module.css";

export const PersonRow = memo(function PersonRow({ id }: { id: ParticipantId }) {
  const { t } = useTranslation();
  const person = useMeetingState(participantOf(id));
  const isOwn = useMeetingState((state) => state.you?.participant === id);
  const isTalking = useMeetingState(isSpeaking(id));
  const isDeputy = useMeetingState((state) => state.conference?.deputy === id);
  const leads = useMeetingState((state) => state.conference?.presiding === id);
  const entries = usePersonEntries(id);
  if (!person) return null;
  const second = [
    person.role === "delegate" ? "" : t(`role.${person.role}`),
    leads && person.role !== "chair" ? t("deputy.leads") : isDeputy ? t("deputy.is") : "",
    person.unit,
    person.presence === "reconnecting" ? t("people.reconnecting") : "",
  ]
    .filter(Boolean)
    .join(" · ");
  return (
    <li className={styles.row} data-speaking={(isTalking && person.microphone) || undefined}>
      <Avatar name={person.name} size="small" />
      <div className={styles.words}>
        <span className={styles.name}>
          <PersonName name={person.name} />
          {isOwn ? <span className={styles.own}>{t("people.you")}</span> : null}
        </span>
        {second ? <span className={styles.unit}>{second}</span> : null}
      </div>
      <span className={styles.signs}>
        {person.camera ? (
          <Video size={16} role="img" aria-label={t("people.camera_on")} />
        ) : (
          <VideoOff size={16} role="img" aria-label={t("people.camera_off")} />
        )}
        {person.microphone ? (
          <Mic size={16} role="img" aria-label={t("people.mic_on")} className={styles.on} />
        ) : (
          <MicOff size={16} role="img" aria-label={t("people.mic_off")} className={styles.off} />
        )}
      </span>
      <Menu label={t("people.menu", { name: person.name })} groups={[{ id: "person", entries }]}>
        <IconButton size="dense" label={t("people.menu", { name: person.name })}>
          <Ellipsis size={18} aria-hidden />
        </IconButton>
      </Menu>
    </li>
  );
});

function usePersonEntries(id: ParticipantId): readonly MenuEntry[] {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const view = useViewStore();
  const isOwn = useMeetingState((state) => state.you?.participant === id);
  const hasHand = useMeetingState(handPlaceOf(id)) > 0;
  const isHeard = useMeetingState((state) => state.participants.get(id)?.microphone ?? false);
  const mayMute = useMeetingState(may("mute"));
  const mayLower = useMeetingState(may("lower_hands"));
  const mayRemove = useMeetingState(may("remove"));
  const mayName = useMeetingState(may("name_deputy"));
  const isChair = useMeetingState((state) => state.participants.get(id)?.role === "chair");
  const isDeputy = useMeetingState((state) => state.conference?.deputy === id);
  const isPinned = useView((state) => state.pinned === id);
  return [
    {
      id: "pin",
      label: t(isPinned ? "people.unpin" : "people.pin"),
      icon: isPinned ? <PinOff size={18} aria-hidden /> : <Pin size={18} aria-hidden />,
      onAction: () => togglePin(view, id),
    },
    mayMute &&
      isHeard &&
      !isOwn && {
        id: "mute",
        label: t("people.mute"),
        icon: <MicOff size={18} aria-hidden />,
        onAction: () => void run(commands.mute(id)),
      },
    (mayLower || isOwn) &&
      hasHand && {
        id: "hand",
        label: t("people.lower_hand"),
        icon: <Hand size={18} aria-hidden />,
        onAction: () => void run(isOwn ? commands.lowerHand() : commands.lowerHand(id)),
      },
    mayName &&
      !isChair && {
        id: "deputy",
        label: t(isDeputy ? "deputy.unname" : "deputy.name"),
        icon: <Gavel size={18} aria-hidden />,
        onAction: () => void run(commands.course({ type: "name_deputy", participant: isDeputy ? null : id })),
      },
    mayRemove &&
      !isOwn && {
        id: "remove",
        label: t("people.remove"),
        icon: <UserX size={18} aria-hidden />,
        isDanger: true,
        onAction: () => view.setState({ removing: id }),
      },
  ].filter((entry) => entry !== false);
}
