/**
 * The live stream of a conference, for who may come in: the player while it goes out, else what to wait for.
 */
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CirclePause, CircleStop, LoaderCircle, LogIn } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { LiveStanding } from "../../protocol/generated";
import { enterAsGuest, lobby } from "../../protocol/http";
import { livePlaylist, liveStanding } from "../../protocol/live";
import { livePath, loginPath } from "../../routes";
import type { SettingsStore } from "../../state/settings-store";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { NoticeCard } from "../../ui/Notice";
import { PageFrame, PageSkeleton } from "../../ui/PageFrame";
import { httpCode, httpSentence } from "../../ui/refusals";
import { GuestFields, useGuestFields } from "../lobby/GuestFields";
import styles from "./LivePage.module.css";
import { LivePlayer } from "./LivePlayer";

/** How often the page asks how it stands, in ms. */
const ASK_EVERY_MS = 3_000;

type LivePageProps = { id: string; settings: SettingsStore };

export function LivePage({ id, settings }: LivePageProps) {
  const { t } = useTranslation();
  const live = useQuery({
    queryKey: ["live", id],
    queryFn: () => liveStanding(id),
    refetchInterval: ASK_EVERY_MS,
    retry: false,
  });
  const [wasRunning, setWasRunning] = useState(false);
  const isRunning = live.data?.state === "running";
  if (isRunning && !wasRunning) setWasRunning(true);
  const code = live.isError ? httpCode(live.error) : null;
  const title = live.data?.title ?? t("live.page");
  if (code === "not_signed_in") return <AtTheDoor id={id} settings={settings} onIn={() => live.refetch()} />;
  if (live.isPending || live.data === undefined) {
    return (
      <PageFrame title={title} hasOwnHeading shape="card">
        {live.isPending ? (
          <PageSkeleton />
        ) : (
          <NoticeCard
            kind="warn"
            icon={<CircleAlert size={24} />}
            title={t("live.failed_title")}
            text={httpSentence(live.error, t)}
            code={t("lobby.code", { code: code ?? "failure" })}
            headingLevel={1}
            actions={<Button onPress={() => void live.refetch()}>{t("action.retry")}</Button>}
          />
        )}
      </PageFrame>
    );
  }
  if (!isRunning) return <Waiting standing={live.data} hasEnded={wasRunning} />;
  return (
    <PageFrame title={title} hasOwnHeading shape="wide">
      <Heading standing={live.data}>
        <Badge kind="danger">{t("live.mark")}</Badge>
      </Heading>
      <LivePlayer playlist={livePlaylist(id)} title={title} />
    </PageFrame>
  );
}

function Heading({ standing, children }: { standing: LiveStanding; children: ReactNode }) {
  return (
    <header className={styles.head}>
      <h1 className={styles.title}>{standing.title}</h1>
      {children}
      {standing.label ? <Badge kind="line">{standing.label}</Badge> : null}
    </header>
  );
}

/** Not open, being opened, or over. */
function Waiting({ standing, hasEnded }: { standing: LiveStanding; hasEnded: boolean }) {
  const { t } = useTranslation();
  const isStarting = standing.state === "starting";
  const isOver = standing.state === "ended" || (hasEnded && !isStarting);
  const what = isStarting ? "starting" : isOver ? "ended" : "closed";
  const icon = isStarting ? (
    <LoaderCircle size={24} />
  ) : isOver ? (
    <CircleStop size={24} />
  ) : (
    <CirclePause size={24} />
  );
  return (
    <PageFrame title={standing.title} hasOwnHeading shape="card">
      <p className={styles.of}>{standing.title}</p>
      <div role="status">
        <NoticeCard
          kind="info"
          icon={icon}
          title={t(`live.${what}_title`)}
          text={t(`live.${what}_text`)}
          headingLevel={1}
        />
      </div>
    </PageFrame>
  );
}

/** Who watches says who they are, as at the door of the meeting. */
function AtTheDoor({ id, settings, onIn }: LivePageProps & { onIn: () => void }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [refused, setRefused] = useState<unknown>(null);
  const door = useQuery({ queryKey: ["lobby", id, "live"], queryFn: () => lobby(id), retry: false });
  const fields = useGuestFields(settings);
  const enter = async () => {
    if (!fields.check()) return;
    try {
      await enterAsGuest(id, fields.entry);
      onIn();
    } catch (thrown) {
      setRefused(thrown);
    }
  };
  const mayComeAsGuest = door.data?.guests_allowed === true;
  const from = loginPath(livePath(id));
  return (
    <PageFrame title={t("live.page")} hasOwnHeading shape="card">
      <NoticeCard
        kind="info"
        icon={<LogIn size={24} />}
        title={door.data?.title ?? t("live.page")}
        text={refused ? httpSentence(refused, t) : t(mayComeAsGuest ? "live.who_guest" : "live.who")}
        headingLevel={1}
        actions={
          <>
            {mayComeAsGuest ? (
              <Button variant="primary" onPress={() => void enter()}>
                {t("live.watch")}
              </Button>
            ) : null}
            <ButtonLink href={from} onFollow={navigate} variant={mayComeAsGuest ? "secondary" : "primary"}>
              {t("live.sign_in")}
            </ButtonLink>
          </>
        }
      >
        {mayComeAsGuest ? <GuestFields fields={fields} onEnter={() => void enter()} /> : null}
      </NoticeCard>
    </PageFrame>
  );
}
