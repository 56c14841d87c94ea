/**
 * The first page for people who are not signed in: what this is and the three ways on.
 */
import { Headphones, KeyRound, Link2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { BridgePicture } from "../../ui/BridgePicture";
import styles from "./Welcome.module.css";

const WAYS = [
  { id: "invite", icon: <Link2 size={20} /> },
  { id: "account", icon: <KeyRound size={20} /> },
  { id: "devices", icon: <Headphones size={20} /> },
] as const;

export function Welcome() {
  const { t } = useTranslation();
  return (
    <div className={styles.welcome}>
      <div className={styles.hero}>
        <div>
          <h1 className={styles.title}>{t("home.guest_title")}</h1>
          <p className={styles.text}>{t("home.guest_text")}</p>
        </div>
        <div className={styles.art}>
          <BridgePicture />
        </div>
      </div>
      <ul className={styles.ways}>
        {WAYS.map((way) => (
          <li key={way.id} className={styles.way}>
            <span className={styles.icon} aria-hidden>
              {way.icon}
            </span>
            <h2 className={styles.wayTitle}>{t(`home.guest_${way.id}_title`)}</h2>
            <p className={styles.wayText}>{t(`home.guest_${way.id}_text`)}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
