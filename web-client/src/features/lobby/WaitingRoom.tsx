/**
 * Waiting to be let in: the place in the line, and the way out of it.
 */
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { TextPage } from "../../ui/TextPage";
import styles from "./WaitingRoom.module.css";

type WaitingRoomProps = {
  title: string;
  place: number;
  /** What the chair reads in the list of who waits. */
  shown: { name: string; unit: string };
  onLeave: () => void;
};

export function WaitingRoom({ title, place, shown, onLeave }: WaitingRoomProps) {
  const { t } = useTranslation();
  return (
    <TextPage
      kind="info"
      picture="waiting"
      title={t("waiting.title")}
      text={t("waiting.text")}
      actions={<Button onPress={onLeave}>{t("waiting.leave")}</Button>}
    >
      <p className={styles.meeting}>{title}</p>
      {shown.name ? (
        <p className={styles.shown}>
          {t("waiting.chair_sees")}:{" "}
          <strong>
            <bdi>{shown.name}</bdi>
          </strong>
          {shown.unit ? ` · ${shown.unit}` : ""}
        </p>
      ) : null}
      <p className={styles.place} role="status">
        <strong>{place}</strong>
        <span>{t("waiting.place_words")}</span>
      </p>
    </TextPage>
  );
}
