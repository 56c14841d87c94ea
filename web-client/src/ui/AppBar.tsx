/**
 * Head of every light page: brand, language, who is signed in.
 *
 * Used by home, lobby, waiting room and farewell pages. The meeting has its own strip.
 */
import { ChevronDown, CircleUserRound, Languages, LogOut, UsersRound, Webhook } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { Person, Role } from "../protocol/generated";
import { ACCOUNT, PEOPLE, WEBHOOKS } from "../routes";
import styles from "./AppBar.module.css";
import { Avatar } from "./Avatar";
import { BrandMark } from "./BrandMark";
import { Button } from "./Button";
import { useLanguage } from "./language";
import { Menu } from "./Menu";
import { PersonName } from "./PersonName";
import { VisuallyHidden } from "./VisuallyHidden";

/** Who may import people and units. */
const IMPORTERS: readonly Role[] = ["administrator", "unit_administrator"];

type AppBarProps = {
  person: Person | null;
  /** Between the brand and what concerns the person. */
  nav?: ReactNode;
  action?: ReactNode;
  onHome: () => void;
  onSignOut?: (() => void) | undefined;
};

export function AppBar({ person, nav, action, onHome, onSignOut }: AppBarProps) {
  const { t } = useTranslation();
  return (
    <header className={styles.bar}>
      <a
        className={styles.brand}
        href="/"
        onClick={(event) => {
          event.preventDefault();
          onHome();
        }}
      >
        <BrandMark size={32} />
        <span className={styles.words}>
          <span className={styles.name}>{t("app.name")}</span>
          <span className={styles.tagline}>{t("app.tagline")}</span>
        </span>
        <VisuallyHidden>{t("app.home_link")}</VisuallyHidden>
      </a>
      {nav}
      <div className={styles.right}>
        {action}
        <LanguageButton />
        {person ? <PersonMenu person={person} onSignOut={onSignOut} /> : null}
      </div>
    </header>
  );
}

/** Names the other language in that language. */
export function LanguageButton() {
  const { language, choose } = useLanguage();
  const { t } = useTranslation();
  const other = language === "vi" ? "en" : "vi";
  return (
    <Button variant="quiet" icon={<Languages size={18} aria-hidden />} onPress={() => choose(other)}>
      <span lang={other}>{t(`language.${other}`)}</span>
    </Button>
  );
}

type PersonMenuProps = { person: Person; onSignOut?: (() => void) | undefined };

function PersonMenu({ person, onSignOut }: PersonMenuProps) {
  const { t } = useTranslation();
  const second = person.unit || t(person.guest ? "app.guest" : `role.${person.role}`);
  const [, navigate] = useLocation();
  const account = {
    id: "account",
    label: t("app.account"),
    icon: <CircleUserRound size={18} aria-hidden />,
    onAction: () => navigate(ACCOUNT),
  };
  const people = {
    id: "people",
    label: t("app.people"),
    icon: <UsersRound size={18} aria-hidden />,
    onAction: () => navigate(PEOPLE),
  };
  const webhooks = {
    id: "webhooks",
    label: t("app.webhooks"),
    icon: <Webhook size={18} aria-hidden />,
    onAction: () => navigate(WEBHOOKS),
  };
  const entries = onSignOut
    ? [
        ...(person.guest || person.user === "" ? [] : [account]),
        ...(IMPORTERS.includes(person.role) ? [people] : []),
        ...(person.role === "administrator" ? [webhooks] : []),
        { id: "out", label: t("app.sign_out"), icon: <LogOut size={18} aria-hidden />, onAction: onSignOut },
      ]
    : [];
  const words = (
    <>
      <Avatar name={person.name} size="small" />
      <span className={styles.person}>
        <span className={styles.personName}>
          <PersonName name={person.name} lines={1} />
        </span>
        <span className={styles.unit}>{second}</span>
      </span>
    </>
  );
  if (entries.length === 0) return <div className={styles.plain}>{words}</div>;
  return (
    <Menu label={t("app.account_menu", { name: person.name })} groups={[{ id: "me", entries }]}>
      <AriaButton className={styles.trigger ?? ""}>
        <VisuallyHidden>{t("app.account_menu", { name: person.name })}</VisuallyHidden>
        {words}
        <ChevronDown size={16} aria-hidden />
      </AriaButton>
    </Menu>
  );
}
