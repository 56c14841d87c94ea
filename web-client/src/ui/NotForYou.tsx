/**
 * In the place of a page whose role somebody has not: says for whom it is, and leads home.
 *
 * Used by the pages of planning, of people and of web-hooks. Never decides: the server does.
 */
import { Lock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { HOME } from "../routes";
import { ButtonLink } from "./Button";
import { NoticeCard } from "./Notice";
import { PageFrame } from "./PageFrame";

type NotForYouProps = {
  /** Name of the page in the browser's tab. */
  page: string;
  /** Whose page it is. */
  title: string;
  /** Where to turn instead. */
  text: string;
};

export function NotForYou({ page, title, text }: NotForYouProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  return (
    <PageFrame title={page} hasOwnHeading shape="card">
      <NoticeCard
        kind="warn"
        icon={<Lock size={24} />}
        title={title}
        text={text}
        headingLevel={1}
        actions={
          <ButtonLink href={HOME} onFollow={navigate}>
            {t("app.home_link")}
          </ButtonLink>
        }
      />
    </PageFrame>
  );
}
