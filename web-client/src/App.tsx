/**
 * The pages and what all of them share: words, language of components, questions to the server.
 *
 * Called by main.tsx. Holds no state of a page.
 */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { i18n as I18n } from "i18next";
import { lazy, Suspense, useMemo } from "react";
import { I18nProvider } from "react-aria-components";
import { I18nextProvider } from "react-i18next";
import { Route, Switch } from "wouter";
import { useStore } from "zustand";
import { ConferencePage } from "./ConferencePage";
import { IdleGuard } from "./features/account/IdleGuard";
import { EntryGate } from "./features/entry/EntryGate";
import { FarewellPage } from "./features/farewell/FarewellPage";
import { changeLanguage, withWords } from "./i18n";
import type { ConferenceId } from "./protocol/generated";
import { HttpError } from "./protocol/http";
import {
  ACCOUNT,
  ANSWER,
  AUTHORITY,
  CHECK,
  CONFERENCE,
  EDIT_MEETING,
  GUIDE,
  HOME,
  LIVE,
  LOGIN,
  MEETING_PLAN,
  MEETING_REPORT,
  MEETINGS,
  NEW_MEETING,
  PEOPLE,
  STATISTICS,
  WEBHOOKS,
} from "./routes";
import type { Meeting } from "./state/meeting";
import type { SettingsStore } from "./state/settings-store";
import { CrashGuard } from "./ui/CrashGuard";
import { LanguageContext } from "./ui/language";

// Whoever follows a link to a meeting needs none of these: not part of the lobby's first load.
const HomePage = lazy(() =>
  withWords(() => import("./features/home/HomePage").then((m) => ({ default: m.HomePage }))),
);
const LoginPage = lazy(() =>
  withWords(() => import("./features/login/LoginPage").then((m) => ({ default: m.LoginPage }))),
);
const AccountPage = lazy(() =>
  withWords(() => import("./features/account/AccountPage").then((m) => ({ default: m.AccountPage }))),
);
const PeoplePage = lazy(() =>
  withWords(() => import("./features/people/PeoplePage").then((m) => ({ default: m.PeoplePage }))),
);
const AuthorityPage = lazy(() =>
  withWords(() => import("./features/authority/AuthorityPage").then((m) => ({ default: m.AuthorityPage }))),
);
const CheckPage = lazy(() =>
  withWords(() => import("./features/check/CheckPage").then((m) => ({ default: m.CheckPage }))),
);
const StatisticsPage = lazy(() =>
  withWords(() =>
    import("./features/statistics/StatisticsPage").then((m) => ({ default: m.StatisticsPage })),
  ),
);
const GuidePage = lazy(() =>
  withWords(() => import("./features/guide/GuidePage").then((m) => ({ default: m.GuidePage }))),
);

const LivePage = lazy(() =>
  withWords(() => import("./features/live/LivePage").then((m) => ({ default: m.LivePage }))),
);
const MeetingsPage = lazy(() =>
  withWords(() => import("./features/meetings/list/MeetingsPage").then((m) => ({ default: m.MeetingsPage }))),
);
const PlanPage = lazy(() =>
  withWords(() => import("./features/meetings/plan/PlanPage").then((m) => ({ default: m.PlanPage }))),
);
const FormPage = lazy(() =>
  withWords(() => import("./features/meetings/form/FormPage").then((m) => ({ default: m.FormPage }))),
);
const ReportPage = lazy(() =>
  withWords(() => import("./features/report/ReportPage").then((m) => ({ default: m.ReportPage }))),
);
const AnswerPage = lazy(() =>
  withWords(() => import("./features/answer/AnswerPage").then((m) => ({ default: m.AnswerPage }))),
);
const WebhooksPage = lazy(() =>
  withWords(() => import("./features/webhooks/WebhooksPage").then((m) => ({ default: m.WebhooksPage }))),
);

type AppProps = {
  i18n: I18n;
  settings: SettingsStore;
  createMeeting: (id: ConferenceId) => Meeting;
};

export function App({ i18n, settings, createMeeting }: AppProps) {
  const queries = useMemo(createQueries, []);
  const language = useStore(settings.store, (state) => state.language);
  const choice = useMemo(
    () => ({
      language,
      choose: (next: "vi" | "en") => {
        settings.change({ language: next });
        void changeLanguage(i18n, next);
      },
    }),
    [i18n, language, settings],
  );
  return (
    <QueryClientProvider client={queries}>
      <I18nextProvider i18n={i18n}>
        <I18nProvider locale={language}>
          <LanguageContext value={choice}>
            <CrashGuard>
              <EntryGate>
                <Suspense fallback={<div role="status" />}>
                  <Switch>
                    <Route path={HOME}>
                      <HomePage />
                    </Route>
                    <Route path={LOGIN}>
                      <LoginPage />
                    </Route>
                    <Route path={CONFERENCE}>
                      {({ id }) => (
                        <ConferencePage key={id} id={id} settings={settings} createMeeting={createMeeting} />
                      )}
                    </Route>
                    <Route path={LIVE}>{({ id }) => <LivePage key={id} id={id} settings={settings} />}</Route>
                    <Route path={STATISTICS}>{({ id }) => <StatisticsPage key={id} id={id} />}</Route>
                    <Route path={ACCOUNT}>
                      <AccountPage />
                    </Route>
                    <Route path={PEOPLE}>
                      <PeoplePage />
                    </Route>
                    <Route path={MEETINGS}>
                      <MeetingsPage />
                    </Route>
                    <Route path={NEW_MEETING}>
                      <FormPage id={null} />
                    </Route>
                    <Route path={MEETING_PLAN}>{({ id }) => <PlanPage key={id} id={id} />}</Route>
                    <Route path={EDIT_MEETING}>{({ id }) => <FormPage key={id} id={id} />}</Route>
                    <Route path={MEETING_REPORT}>{({ id }) => <ReportPage key={id} id={id} />}</Route>
                    <Route path={ANSWER}>{({ token }) => <AnswerPage key={token} token={token} />}</Route>
                    <Route path={WEBHOOKS}>
                      <WebhooksPage />
                    </Route>
                    <Route path={GUIDE}>{({ name }) => <GuidePage name={name} />}</Route>
                    <Route path={CHECK}>
                      <CheckPage settings={settings} />
                    </Route>
                    <Route path={AUTHORITY}>
                      <AuthorityPage />
                    </Route>
                    <Route>
                      <FarewellPage kind="unknown" />
                    </Route>
                  </Switch>
                </Suspense>
                <IdleGuard />
              </EntryGate>
            </CrashGuard>
          </LanguageContext>
        </I18nProvider>
      </I18nextProvider>
    </QueryClientProvider>
  );
}

/** Most tries of a question that the server did not answer; a refusal is not asked again. */
const MAX_TRIES = 2;

function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (tries, thrown) =>
          tries < MAX_TRIES && thrown instanceof HttpError && thrown.refusal.error === "unreachable",
        refetchOnWindowFocus: true,
      },
    },
  });
}
