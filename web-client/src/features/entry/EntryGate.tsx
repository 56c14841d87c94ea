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
import { useCopy } from "../../ui/copy";
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
      actions={<CopyAndReload />}
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
      actions={<ReloadButton variant="primary" />}
    >
      <Steps steps={[t(`steps.cookies_${browserKind()}`), t("steps.cookies_reload")]} />
    </TextPage>
  );
}

/** With everything behind the address: a personal link says there who comes. */
function CopyAndReload() {
  const { t } = useTranslation();
  const { isCopied, copy } = useCopy(window.location.href);
  return (
    <>
      <Button variant="primary" onPress={copy}>
        {t(isCopied ? "action.link_copied" : "action.copy_link")}
      </Button>
      <ReloadButton />
    </>
  );
}

function ReloadButton({ variant }: { variant?: "primary" }) {
  const { t } = useTranslation();
  return (
    <Button {...(variant ? { variant } : {})} onPress={() => window.location.reload()}>
      {t("action.reload")}
    </Button>
  );
}
