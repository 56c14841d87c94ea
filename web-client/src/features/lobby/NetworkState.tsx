/**
 * Whether this network carries the meeting, before anybody joins: how fast the server answers, and
 * whether a media connection comes about. Where none does, a card says what to do; joining stays
 * possible, because words, hands and documents need no media connection.
 */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { CHECK } from "../../routes";
import { measureReach } from "../../rtc/probes";
import { Button, ButtonLink } from "../../ui/Button";
import { Banner, NoticeCard } from "../../ui/Notice";
import { Steps } from "../../ui/Steps";

/** An answer slower than this is worth a word, in ms. */
const SLOW_MS = 400;

/** Once a visit: every try costs the server a handshake. A busy server tells nothing. */
function useReach() {
  const reach = useQuery({ queryKey: ["reach"], queryFn: () => measureReach("any"), staleTime: Infinity });
  return { ...reach, isBlocked: reach.data?.isReached === false && reach.data.why === "blocked" };
}

/** One line, where all is well or slow. */
export function NetworkState({ delayMs }: { delayMs: number | null }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { isBlocked } = useReach();
  if (delayMs === null || isBlocked) return null;
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

/** Nothing, unless no picture and sound would come through. */
export function NetworkTrouble() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { isBlocked, isFetching, refetch } = useReach();
  if (!isBlocked) return null;
  return (
    <div role="status">
      <NoticeCard
        kind="warn"
        picture="network"
        title={t("lobby.blocked_network_title")}
        text={t("lobby.blocked_network_text")}
        actions={
          <>
            <Button isDisabled={isFetching} onPress={() => void refetch()}>
              {t(isFetching ? "lobby.blocked_network_trying" : "action.retry")}
            </Button>
            <ButtonLink href={CHECK} variant="quiet" onFollow={navigate}>
              {t("check.home_link")}
            </ButtonLink>
          </>
        }
      >
        <Steps steps={[t("lobby.blocked_network_other"), t("lobby.blocked_network_ask")]} />
      </NoticeCard>
    </div>
  );
}
