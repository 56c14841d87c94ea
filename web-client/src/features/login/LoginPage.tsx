/**
 * Sign-in with an account of the installation.
 *
 * Reached from everywhere that needs an account; leads back to where the person came from.
 */
import { useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, CircleAlert, TimerOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useSearch } from "wouter";
import type { Person } from "../../protocol/generated";
import { AUTHORITY, CONFERENCE_PREFIX, returnPath, signInReason } from "../../routes";
import { LanguageButton } from "../../ui/AppBar";
import { BrandMark } from "../../ui/BrandMark";
import { BridgePicture } from "../../ui/BridgePicture";
import { Banner } from "../../ui/Notice";
import { usePage } from "../../ui/page";
import { SESSION_KEY, useSession } from "../../ui/session";
import { LoginForm } from "./LoginForm";
import styles from "./LoginPage.module.css";

export function LoginPage() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const search = useSearch();
  const back = returnPath(search);
  const why = signInReason(search);
  const session = useSession();
  usePage(t("login.title"));
  const enter = (person: Person) => {
    queries.clear();
    queries.setQueryData(SESSION_KEY, person);
    navigate(back, { replace: true });
  };
  return (
    <div className={styles.page}>
      <header className={styles.art}>
        <BridgePicture />
        <div className={styles.brand}>
          <BrandMark size={44} isOnDark />
          <div>
            <div className={styles.name}>{t("app.name")}</div>
            <div className={styles.tagline}>{t("app.tagline")}</div>
          </div>
        </div>
      </header>
      <main className={styles.side}>
        <div className={styles.top}>
          {back.startsWith(CONFERENCE_PREFIX) ? (
            <Link href={back} className={styles.back ?? ""}>
              <ArrowLeft size={18} aria-hidden />
              {t("login.back_to_conference")}
            </Link>
          ) : null}
          <span className={styles.language}>
            <LanguageButton />
          </span>
        </div>
        <div className={styles.form}>
          <h1 className={styles.title}>{t("login.title")}</h1>
          <p className={styles.subtitle}>{t("login.subtitle")}</p>
          {why ? (
            <Banner kind="info" icon={<TimerOff size={20} aria-hidden />} isLive>
              {t(`login.why.${why}`)}
            </Banner>
          ) : null}
          {session.data && !session.data.guest ? (
            <Banner kind="info" icon={<CircleAlert size={20} aria-hidden />}>
              {t("login.already", { name: session.data.name })}
            </Banner>
          ) : null}
          <LoginForm onEnter={enter} />
          <section className={styles.guest}>
            <h2 className={styles.guestTitle}>{t("login.guest_title")}</h2>
            <p className={styles.guestText}>{t("login.guest_text")}</p>
            <Link href={AUTHORITY} className={styles.back ?? ""}>
              {t("ca.link")}
            </Link>
          </section>
        </div>
      </main>
    </div>
  );
}
