/**
 * What the server measures of the called site's link: picture, sound, loss and delay, content.
 */
import { useQuery } from "@tanstack/react-query";
import { Check, Minus, MonitorUp, Signal, TriangleAlert, Video, Volume2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ParticipantId } from "../../../protocol/generated";
import { conferenceStatistics } from "../../../protocol/statistics";
import { may, participantOf } from "../../../state/meeting-store";
import { useMeeting, useMeetingState } from "../meeting-context";
import styles from "./SiteFacts.module.css";
import { type Fact, factsOf } from "./site-facts";

/** The server counts anew as often, in ms. */
const ASK_EVERY_MS = 2000;

const SIGNS: Readonly<Record<Fact["of"], ReactNode>> = {
  picture: <Video size={18} aria-hidden />,
  sound: <Volume2 size={18} aria-hidden />,
  link: <Signal size={18} aria-hidden />,
  content: <MonitorUp size={18} aria-hidden />,
};

export function SiteFacts({ holder }: { holder: ParticipantId | undefined }) {
  const { t, i18n } = useTranslation();
  const { conference } = useMeeting();
  const maySee = useMeetingState(may("see_statistics"));
  const person = useMeetingState((state) =>
    holder === undefined ? undefined : participantOf(holder)(state),
  );
  const level = useMeetingState(
    (state) => state.speakers.find((speaker) => speaker.participant === holder)?.level_dbov ?? null,
  );
  const figures = useQuery({
    queryKey: ["statistics", conference],
    queryFn: () => conferenceStatistics(conference),
    refetchInterval: ASK_EVERY_MS,
    enabled: maySee && holder !== undefined,
  });
  const link = figures.data?.participants.find((one) => one.participant === holder)?.link ?? null;
  return (
    <ul className={styles.facts}>
      {factsOf(person, link, level, i18n.language).map((fact) => (
        <li key={fact.of} className={styles.fact}>
          <span className={styles.icon}>{SIGNS[fact.of]}</span>
          <div className={styles.words}>
            <p className={styles.name}>{t(`roll.fact_${fact.of}`)}</p>
            <p className={styles.figure}>{t(`roll.${fact.code}`, fact.values)}</p>
          </div>
          <span className={styles.grade} data-grade={fact.grade}>
            {fact.grade === "good" ? (
              <Check size={20} role="img" aria-label={t("roll.fact_good")} />
            ) : fact.grade === "bad" ? (
              <TriangleAlert size={20} role="img" aria-label={t("roll.fact_bad")} />
            ) : (
              <Minus size={20} aria-hidden />
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
