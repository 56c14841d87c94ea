/**
 * Somebody who waits: place, name, unit, subject, how long, and the ways up, down and to the floor.
 */
import { ArrowDown, ArrowUp, Ellipsis, MicOff, UserRoundPen, UserX, X } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { waitingTime } from "../../../i18n/format";
import type { Queue, RequestView } from "../../../protocol/generated";
import { may, participantOf } from "../../../state/meeting-store";
import { Avatar } from "../../../ui/Avatar";
import { Button } from "../../../ui/Button";
import { IconButton } from "../../../ui/IconButton";
import { Menu, type MenuEntry } from "../../../ui/Menu";
import { PersonName } from "../../../ui/PersonName";
import { useMeeting, useMeetingState, useRun, useViewStore } from "../meeting-context";
import { useServerNow } from "../use-server-now";
import styles from "./RequestRow.module.css";
import { useGrant } from "./use-grant";

type RequestRowProps = { request: RequestView; queue: Queue; at: number; isLast: boolean };

export const RequestRow = memo(function RequestRow({ request, queue, at, isLast }: RequestRowProps) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const id = request.participant;
  const person = useMeetingState(participantOf(id));
  const grant = useGrant();
  const entries = useRequestEntries(request);
  if (person === undefined) return null;
  const { name } = person;
  const move = (place: number) =>
    void run(commands.course({ type: "move_request", participant: id, queue, place }));
  const isAway = person.presence === "reconnecting";
  return (
    <li className={styles.row} data-first={at === 0 || undefined}>
      <span className={styles.place}>{at + 1}</span>
      <span className={styles.face}>
        <Avatar name={name} />
      </span>
      <div className={styles.words}>
        <span className={styles.name}>
          <PersonName name={name} />
        </span>
        <span className={styles.unit}>
          {[person.unit, isAway ? t("people.reconnecting") : ""].filter(Boolean).join(" · ")}
        </span>
        {request.subject ? <span className={styles.subject}>{request.subject}</span> : null}
      </div>
      <div className={styles.side}>
        <Waited since={request.since_ms} />
        <div className={styles.actions}>
          <IconButton
            size="dense"
            label={t("chair.up", { name })}
            isDisabled={at === 0}
            onPress={() => move(at - 1)}
          >
            <ArrowUp size={16} aria-hidden />
          </IconButton>
          <IconButton
            size="dense"
            label={t("chair.down", { name })}
            isDisabled={isLast}
            onPress={() => move(at + 1)}
          >
            <ArrowDown size={16} aria-hidden />
          </IconButton>
          <Button
            size="dense"
            isDisabled={isAway}
            aria-label={t("chair.invite_name", { name })}
            onPress={() => grant({ participant: id, queue })}
          >
            {t("chair.invite")}
          </Button>
          <Menu label={t("people.menu", { name })} groups={[{ id: "request", entries }]}>
            <IconButton size="dense" label={t("people.menu", { name })}>
              <Ellipsis size={16} aria-hidden />
            </IconButton>
          </Menu>
        </div>
      </div>
    </li>
  );
});

function Waited({ since }: { since: number | undefined }) {
  const { t } = useTranslation();
  const now = useServerNow(1000);
  if (since === undefined) return null;
  return <span className={styles.waited}>{t("people.waited", { time: waitingTime(now - since) })}</span>;
}

function useRequestEntries({ participant }: RequestView): readonly MenuEntry[] {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const view = useViewStore();
  const isHeard = useMeetingState((state) => state.participants.get(participant)?.microphone === true);
  const mayRemove = useMeetingState(may("remove"));
  return [
    {
      id: "as",
      label: t("chair.invite_as"),
      icon: <UserRoundPen size={18} aria-hidden />,
      onAction: () => view.setState({ granting: participant }),
    },
    isHeard && {
      id: "mute",
      label: t("people.mute"),
      icon: <MicOff size={18} aria-hidden />,
      onAction: () => void run(commands.mute(participant)),
    },
    {
      id: "withdraw",
      label: t("chair.withdraw"),
      icon: <X size={18} aria-hidden />,
      onAction: () => void run(commands.course({ type: "withdraw_floor", participant })),
    },
    mayRemove && {
      id: "remove",
      label: t("people.remove"),
      icon: <UserX size={18} aria-hidden />,
      isDanger: true,
      onAction: () => view.setState({ removing: participant }),
    },
  ].filter((entry) => entry !== false);
}
