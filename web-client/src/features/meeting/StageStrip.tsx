/**
 * The strip under the pictures: who speaks with the clock (the lower third), or what else is set for all;
 * for oneself the microphone and the end of the own turn.
 */
import { Eye, Mic, Radio } from "lucide-react";
import { useTranslation } from "react-i18next";
import { waitingTime } from "../../i18n/format";
import type { TurnView } from "../../protocol/generated";
import { turnSpan } from "../../state/course";
import { Button } from "../../ui/Button";
import { PersonName } from "../../ui/PersonName";
import { useMeeting, useMeetingState, useRun, useView, useViewStore } from "./meeting-context";
import styles from "./StageStrip.module.css";
import { isStageSet, looksAround } from "./stage-set";
import { useServerNow } from "./use-server-now";

export function StageStrip() {
  const { t } = useTranslation();
  const turn = useMeetingState((state) => state.floor.turn);
  const stage = useMeetingState((state) => state.stage);
  const shown = useMeetingState((state) => state.participants.get(state.stage.pictures[0] ?? 0));
  const isOwn = useMeetingState(
    (state) => state.you !== null && state.stage.pictures.includes(state.you.participant),
  );
  const isCalled = stage.of === "roll_call" || stage.of === "patrol";
  if (turn !== null && !isCalled) return <TurnStrip turn={turn} />;
  if (!isStageSet(stage)) return null;
  const reason = isCalled
    ? t(`stage_set.${stage.of === "patrol" ? "patrol" : "roll_call"}`)
    : t("stage_set.set");
  return (
    <section className={styles.strip} data-own={isOwn || undefined} aria-label={t("stage_set.set")}>
      <Radio size={20} aria-hidden className={styles.icon} />
      <div className={styles.words}>
        <p className={styles.name}>
          {isOwn ? t(stage.of === "roll_call" ? "floor.called" : "floor.on_stage") : reason}
        </p>
        {isCalled && !isOwn && shown ? (
          <p className={styles.site}>{[shown.name, shown.unit].filter(Boolean).join(" – ")}</p>
        ) : null}
      </div>
      {isOwn && stage.of === "roll_call" ? <OpenMicrophone /> : null}
      <FollowButton />
    </section>
  );
}

function TurnStrip({ turn }: { turn: TurnView }) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const isOwn = useMeetingState((state) => state.you?.participant === turn.participant);
  const { spentMs, plannedMs, overMs, grade } = turnSpan(turn, useServerNow(1000));
  return (
    <section className={styles.strip} data-own={isOwn || undefined} aria-label={t("floor.now")}>
      <div className={styles.words}>
        <p className={styles.name}>{isOwn ? t("floor.yours") : <PersonName name={turn.name} />}</p>
        <p className={styles.site}>
          {(isOwn ? [turn.subject] : [turn.position, turn.site]).filter(Boolean).join(" – ")}
        </p>
      </div>
      <p className={styles.time} data-grade={grade} role="timer">
        {overMs >= 1000 ? (
          <strong>{t("floor.over", { time: waitingTime(overMs) })}</strong>
        ) : (
          <>
            <strong>{waitingTime(spentMs)}</strong>{" "}
            <span>{t("chair.of_time", { time: waitingTime(plannedMs) })}</span>
          </>
        )}
      </p>
      {isOwn ? (
        <>
          <OpenMicrophone />
          <Button onPress={() => void run(commands.course({ type: "release_floor", seen: turn.number }))}>
            {t("floor.end")}
          </Button>
        </>
      ) : null}
      <FollowButton />
    </section>
  );
}

/** Whoever is called and has the microphone off opens it with one press: nobody does that for them. */
function OpenMicrophone() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const isOn = useMeetingState((state) => state.own.microphone);
  if (isOn) return null;
  return (
    <Button
      variant="primary"
      icon={<Mic size={18} aria-hidden />}
      onPress={() => void run(commands.toggleMicrophone())}
    >
      {t("floor.turn_mic_on")}
    </Button>
  );
}

function FollowButton() {
  const { t } = useTranslation();
  const view = useViewStore();
  const isFollowing = useView((state) => state.isFollowing);
  const mayLook = useMeetingState(looksAround);
  // A composed picture always shows what is set for all.
  const isComposed = useView((state) => state.isComposed);
  if (!mayLook || isComposed) return null;
  return (
    <Button
      variant="ghost"
      icon={<Eye size={18} aria-hidden />}
      onPress={() => view.setState({ isFollowing: !isFollowing })}
    >
      {t(isFollowing ? "stage_set.look" : "stage_set.follow")}
    </Button>
  );
}
