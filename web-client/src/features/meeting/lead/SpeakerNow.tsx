/**
 * Who has the floor: live picture, name, position, site, time, and what the chair does about it.
 */
import { Check, Mic, MicOff, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { TurnView } from "../../../protocol/generated";
import { participantOf } from "../../../state/meeting-store";
import { Button } from "../../../ui/Button";
import { PersonName } from "../../../ui/PersonName";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import { Tile } from "../Tile";
import { useBox } from "../use-box";
import styles from "./SpeakerNow.module.css";
import { TurnClock } from "./TurnClock";

const MINUTE_MS = 60_000;

export function SpeakerNow() {
  const { t } = useTranslation();
  const turn = useMeetingState((state) => state.floor.turn);
  return (
    <section className={styles.card} aria-label={t("chair.speaking_now")}>
      {turn === null ? (
        <div className={styles.nobody}>
          <Mic size={32} aria-hidden />
          <h2>{t("chair.nobody_title")}</h2>
          <p>{t("chair.nobody_text")}</p>
        </div>
      ) : (
        <Turn turn={turn} />
      )}
    </section>
  );
}

function Turn({ turn }: { turn: TurnView }) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const person = useMeetingState(participantOf(turn.participant));
  const [place, box] = useBox<HTMLDivElement>();
  const width = Math.floor(Math.min(box.width, (box.height * 16) / 9));
  const turns = person?.spoken?.turns ?? 0;
  const seen = turn.number;
  return (
    <>
      <div className={styles.top}>
        <div className={styles.picture}>
          <div ref={place} className={styles.place}>
            {width > 0 && person !== undefined ? (
              <Tile
                id={turn.participant}
                importance={2}
                width={width}
                height={Math.floor((width * 9) / 16)}
              />
            ) : null}
          </div>
          <span className={styles.sign}>
            {t(turn.queue === "question" ? "chair.questioning" : "chair.speaking")}
          </span>
        </div>
        <div className={styles.side}>
          <div className={styles.words}>
            <h2 className={styles.name}>
              <PersonName name={turn.name} />
            </h2>
            {turn.position ? <p className={styles.position}>{turn.position}</p> : null}
            <p className={styles.site}>
              {[turn.site, turns === 0 ? t("chair.first_turn") : t("chair.turns", { count: turns })]
                .filter(Boolean)
                .join(" · ")}
            </p>
            {turn.subject ? <p className={styles.subject}>{turn.subject}</p> : null}
            {turn.held_until_ms === undefined ? null : (
              <p className={styles.held} role="status">
                {t("chair.held")}
              </p>
            )}
          </div>
          <div className={styles.actions}>
            <Button
              variant="primary"
              size="large"
              isWide
              icon={<Check size={20} aria-hidden />}
              onPress={() => void run(commands.course({ type: "release_floor", seen }))}
            >
              {t("chair.end_turn")}
            </Button>
            <div className={styles.pair}>
              <Button
                size="large"
                isDisabled={person?.microphone !== true}
                icon={<MicOff size={20} aria-hidden />}
                onPress={() => void run(commands.mute(turn.participant))}
              >
                {t("chair.mute")}
              </Button>
              <Button
                size="large"
                icon={<Plus size={20} aria-hidden />}
                onPress={() =>
                  void run(commands.course({ type: "floor_time", limit_ms: turn.limit_ms + MINUTE_MS }))
                }
              >
                {t("chair.one_minute")}
              </Button>
            </div>
          </div>
        </div>
      </div>
      <TurnClock turn={turn} />
    </>
  );
}
