/**
 * How to make this machine trust the server's own certificate authority: the root to download,
 * its fingerprint to compare, the steps for each system.
 *
 * Open to everybody, because who needs it often cannot sign in yet.
 */

import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Download, ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { dayOf } from "../../i18n/format";
import type { Authority } from "../../protocol/generated";
import { authority, ROOT_DER, ROOT_PEM } from "../../protocol/http";
import { Button, ButtonLink } from "../../ui/Button";
import { useCopy } from "../../ui/copy";
import { useLanguage } from "../../ui/language";
import { Banner } from "../../ui/Notice";
import { PageFrame, PageSkeleton } from "../../ui/PageFrame";
import { httpCode, httpSentence } from "../../ui/refusals";
import styles from "./AuthorityPage.module.css";
import { STEPS, SYSTEMS, type System, systemOf, TAKES_DER } from "./systems";

export function AuthorityPage() {
  const { t } = useTranslation();
  const known = useQuery({
    queryKey: ["authority"],
    queryFn: authority,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <PageFrame title={t("ca.title")}>
      {known.isPending ? (
        <PageSkeleton />
      ) : known.data ? (
        <Installing root={known.data} />
      ) : httpCode(known.error) === "not_found" ? (
        <Banner kind="ok" icon={<ShieldCheck size={20} aria-hidden />}>
          {t("ca.not_needed")}
        </Banner>
      ) : (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {httpSentence(known.error, t)}
        </Banner>
      )}
    </PageFrame>
  );
}

function Installing({ root }: { root: Authority }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const { isCopied, copy } = useCopy(root.sha256);
  const here = systemOf(navigator.userAgent, navigator.maxTouchPoints);
  const [first, second] = TAKES_DER.has(here) ? [ROOT_DER, ROOT_PEM] : [ROOT_PEM, ROOT_DER];
  const download = <Download size={18} aria-hidden />;
  return (
    <>
      <p className={styles.lead}>{t("ca.why")}</p>
      <div className={styles.actions}>
        <ButtonLink href={first} variant="primary" icon={download}>
          {t(first === ROOT_DER ? "ca.download_crt" : "ca.download_pem")}
        </ButtonLink>
        <ButtonLink href={second} icon={download}>
          {t(second === ROOT_DER ? "ca.download_crt" : "ca.download_pem")}
        </ButtonLink>
      </div>
      <section className={styles.card}>
        <h2 className={styles.heading}>{t("ca.compare")}</h2>
        <p className={styles.text}>{t("ca.compare_text")}</p>
        <dl className={styles.facts}>
          <dt>{t("ca.name")}</dt>
          <dd>{root.name}</dd>
          <dt>{t("ca.fingerprint")}</dt>
          <dd className={styles.fingerprint}>{root.sha256}</dd>
          <dt>{t("ca.until")}</dt>
          <dd>{dayOf(root.expires_at_ms, language)}</dd>
        </dl>
        <Button size="dense" onPress={copy}>
          {t(isCopied ? "ca.copied" : "ca.copy")}
        </Button>
      </section>
      <h2 className={styles.heading}>{t("ca.steps")}</h2>
      {[here, ...SYSTEMS.filter((system) => system !== here)].map((system) => (
        <Steps key={system} system={system} isOpen={system === here} />
      ))}
      <p className={styles.text}>{t("ca.remove")}</p>
    </>
  );
}

function Steps({ system, isOpen }: { system: System; isOpen: boolean }) {
  const { t } = useTranslation();
  return (
    <details className={styles.system} open={isOpen}>
      <summary className={styles.summary}>{t(`ca.${system}`)}</summary>
      <ol className={styles.steps}>
        {STEPS[system].map((step) => (
          <li key={step}>{t(`ca.${step}`)}</li>
        ))}
      </ol>
    </details>
  );
}
