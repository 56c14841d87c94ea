/**
 * Waiting to be let in: the place in the line, and the way out of it.
 */
import { Hourglass } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { TextPage } from "../../ui/TextPage";
import styles from "./WaitingRoom.module.css";

type WaitingRoomProps = { title: string; place: number; onLeave: () => void };

export function WaitingRoom({ title, place, onLeave }: WaitingRoomProps) {
  const { t } = useTranslation();
  return (
    <TextPage
      kind="info"
      icon={<Hourglass size={20} />}
      title={t("waiting.title")}
      text={t("waiting.text")}
      actions={<Button onPress={onLeave}>{t("waiting.leave")}</Button>}
    >
      <p className={styles.meeting}>{title}</p>
      <p className={styles.place} role="status">
        <strong>{place}</strong>
        <span>{t("waiting.place_words")}</span>
      </p>
    </TextPage>
  );
}
