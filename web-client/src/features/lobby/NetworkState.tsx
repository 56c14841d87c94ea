/**
 * How fast the server answers, before any picture flows.
 */
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { CHECK } from "../../routes";
import { ButtonLink } from "../../ui/Button";
import { Banner } from "../../ui/Notice";

/** An answer slower than this is worth a word, in ms. */
const SLOW_MS = 400;

export function NetworkState({ delayMs }: { delayMs: number | null }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  if (delayMs === null) return null;
  const isSlow = delayMs > SLOW_MS;
  return (
    <Banner
      action={
        <ButtonLink href={CHECK} variant="quiet" size="dense" onFollow={navigate}>
          {t("check.home_link")}
        </ButtonLink>
      }
      kind={isSlow ? "warn" : "ok"}
      icon={isSlow ? <TriangleAlert size={20} aria-hidden /> : <CircleCheck size={20} aria-hidden />}
    >
      <strong>{t(isSlow ? "lobby.network_slow" : "lobby.network_good")}</strong>
      {" · "}
      <span>{t("lobby.network_delay", { delay: Math.round(delayMs) })}</span>
    </Banner>
  );
}
