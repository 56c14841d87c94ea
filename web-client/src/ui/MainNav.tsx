/**
 * The ways between the main pages, for those who plan meetings: everybody else has one page only.
 *
 * Used by PageFrame, beside the brand.
 */
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { HOME, MEETINGS } from "../routes";
import styles from "./MainNav.module.css";

export function MainNav() {
  const { t } = useTranslation();
  const [place] = useLocation();
  const isList = place.startsWith(MEETINGS);
  return (
    <nav className={styles.nav} aria-label={t("nav.label")}>
      <Link href={HOME} className={styles.link} aria-current={place === HOME ? "page" : undefined}>
        {t("today.title")}
      </Link>
      <Link href={MEETINGS} className={styles.link} aria-current={isList ? "page" : undefined}>
        {t("meetings.title")}
      </Link>
    </nav>
  );
}
