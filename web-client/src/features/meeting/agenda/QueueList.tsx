/**
 * Who waits for the floor, as everybody may see it; the own line can be withdrawn.
 */
import { useTranslation } from "react-i18next";
import { waitingTime } from "../../../i18n/format";
import type { Queue, RequestView } from "../../../protocol/generated";
import { participantOf } from "../../../state/meeting-store";
import { Count } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { PersonName } from "../../../ui/PersonName";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import rows from "../people/HandList.module.css";
import panel from "../people/PeoplePanel.module.css";
import { useServerNow } from "../use-server-now";

export function QueueList() {
  const { t } = useTranslation();
  const isEmpty = useMeetingState((state) => state.floor.speech.length + state.floor.question.length === 0);
  if (!isEmpty) {
    return (
      <>
        <QueueSection queue="speech" />
        <QueueSection queue="question" />
      </>
    );
  }
  return (
    <section className={panel.section} aria-label={t("floor.queue")}>
      <div className={panel.head}>
        <h2 className={panel.title}>{t("floor.queue")}</h2>
      </div>
      <p className={panel.none}>{t("floor.none")}</p>
    </section>
  );
}

function QueueSection({ queue }: { queue: Queue }) {
  const { t } = useTranslation();
  const requests = useMeetingState((state) => state.floor[queue]);
  if (requests.length === 0) return null;
  return (
    <section className={panel.section} aria-label={t(`floor.${queue}`)}>
      <div className={panel.head}>
        <h2 className={panel.title}>
          {t(`floor.${queue}`)} <Count value={requests.length} />
        </h2>
        <span className={rows.note}>{t("people.hands_order")}</span>
      </div>
      <ol>
        {requests.map((request, at) => (
          <QueueRow key={request.participant} request={request} queue={queue} place={at + 1} />
        ))}
      </ol>
    </section>
  );
}

type QueueRowProps = { request: RequestView; queue: Queue; place: number };

function QueueRow({ request, queue, place }: QueueRowProps) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const person = useMeetingState(participantOf(request.participant));
  const isOwn = useMeetingState((state) => state.you?.participant === request.participant);
  const now = useServerNow(1000);
  if (!person) return null;
  // A wish to speak is a raised hand: the button in the bar goes with it at once.
  const withdraw = () =>
    queue === "speech" ? commands.lowerHand() : commands.course({ type: "withdraw_floor", queue });
  return (
    <li className={rows.row} data-own={isOwn || undefined} data-first={place === 1 || undefined}>
      <span className={rows.place}>{place}</span>
      <div className={rows.words}>
        <span className={rows.name}>
          <PersonName name={person.name} />
          {isOwn ? <span className={rows.own}>{t("people.you")}</span> : null}
        </span>
        <span className={rows.unit}>{[person.unit, request.subject].filter(Boolean).join(" · ")}</span>
      </div>
      {isOwn ? (
        <Button size="dense" onPress={() => void run(withdraw())}>
          {t("floor.withdraw")}
        </Button>
      ) : request.since_ms === undefined ? null : (
        <span className={rows.note}>{t("people.waited", { time: waitingTime(now - request.since_ms) })}</span>
      )}
    </li>
  );
}
