/**
 * Stands before every page: browsers that cannot meet and browsers that keep no cookie get a page that
 * says what to do, instead of failing later without a word.
 *
 * Used by App. Browsers too old to read the client at all never come here: see old-browser.js.
 */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { browserKind, missingParts } from "../../ui/browser";
import { Steps } from "../../ui/Steps";
import { TextPage } from "../../ui/TextPage";

export function EntryGate({ children }: { children: ReactNode }) {
  const missing = missingParts();
  if (missing.length > 0) return <UnsupportedBrowser missing={missing} />;
  return navigator.cookieEnabled ? children : <CookiesBlocked />;
}

function UnsupportedBrowser({ missing }: { missing: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <TextPage
      kind="warn"
      picture="browser"
      title={t("browser.title")}
      text={t("browser.text")}
      code={`${t("browser.code")} · ${t("browser.missing", { parts: missing.join(", ") })}`}
      actions={<ReloadButton />}
    >
      <Steps steps={[t("browser.computer"), t("browser.phone")]} />
    </TextPage>
  );
}

function CookiesBlocked() {
  const { t } = useTranslation();
  return (
    <TextPage
      kind="warn"
      picture="cookies"
      title={t("cookies.title")}
      text={t("cookies.text")}
      code={t("cookies.code")}
      actions={<ReloadButton />}
    >
      <Steps steps={[t(`steps.cookies_${browserKind()}`), t("steps.cookies_reload")]} />
    </TextPage>
  );
}

function ReloadButton() {
  const { t } = useTranslation();
  return (
    <Button variant="primary" onPress={() => window.location.reload()}>
      {t("action.reload")}
    </Button>
  );
}
