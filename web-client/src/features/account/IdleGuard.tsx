/**
 * Stands over every page of somebody with an account: warns a minute before the session ends, says
 * at the sign-in page why it ended, and leads to what must be done first.
 *
 * Rendered once by App. Silent for guests and strangers, and during a live call, which counts as
 * activity on the server.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { span } from "../../i18n/format";
import { keepSession, sessionLife } from "../../protocol/account";
import { noteSomebody, restingMs } from "../../protocol/activity";
import type { SessionLife } from "../../protocol/generated";
import { HttpError } from "../../protocol/http";
import { ACCOUNT, LOGIN, signInAgainPath } from "../../routes";
import { type HeardLife, nextStep } from "../../state/idle-watch";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { SESSION_KEY, useSession, useSignOut } from "../../ui/session";

const LOOK_MS = 1000;

export function IdleGuard() {
  const session = useSession();
  const [path, navigate] = useLocation();
  const person = session.data ?? null;
  const duty = person?.duty;
  useEffect(() => {
    if (duty && path !== ACCOUNT) navigate(ACCOUNT, { replace: true });
  }, [duty, path, navigate]);
  if (!person || person.guest || person.user === "" || path === LOGIN) return null;
  return <IdleWarning path={path} />;
}

function IdleWarning({ path }: { path: string }) {
  const { t } = useTranslation();
  const signOut = useSignOut();
  const { leftS, stay } = useIdleWatch(path);
  return (
    <Dialog
      title={t("idle.title")}
      role="alertdialog"
      isOpen={leftS !== null}
      onClose={stay}
      actions={
        <>
          <Button onPress={signOut}>{t("app.sign_out")}</Button>
          <Button variant="primary" onPress={stay} autoFocus>
            {t("idle.stay")}
          </Button>
        </>
      }
    >
      <p>{t("idle.text")}</p>
      {/* The running seconds are for the eye; a screen reader hears the dialog once. */}
      <p aria-hidden>{t("idle.left", { time: span(leftS ?? 0, t) })}</p>
    </Dialog>
  );
}

function useIdleWatch(path: string): { leftS: number | null; stay: () => void } {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [leftS, setLeft] = useState<number | null>(null);
  const heard = useRef<HeardLife | null>(null);
  const isAsking = useRef(false);

  const hear = useCallback(
    (question: () => Promise<SessionLife>) => {
      if (isAsking.current) return;
      isAsking.current = true;
      question()
        .then(
          (life) => {
            heard.current = { life, atMs: performance.now() };
          },
          (thrown: unknown) => {
            // Without an answer the page goes on as it is and asks again in a moment.
            if (!(thrown instanceof HttpError) || thrown.refusal.error !== "not_signed_in") return;
            queries.setQueryData(SESSION_KEY, null);
            navigate(signInAgainPath(path, heard.current ? "idle" : "ended"), { replace: true });
          },
        )
        .finally(() => {
          isAsking.current = false;
        });
    },
    [navigate, path, queries],
  );

  useEffect(() => {
    const look = () => {
      const step = nextStep(heard.current, performance.now(), restingMs());
      if (step.kind === "ask") hear(sessionLife);
      if (step.kind === "tell") hear(keepSession);
      if (step.kind === "warn") setLeft(step.leftS);
      if (step.kind === "wait") setLeft(null);
    };
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [hear]);

  const stay = () => {
    noteSomebody();
    setLeft(null);
    hear(keepSession);
  };
  return { leftS, stay };
}
