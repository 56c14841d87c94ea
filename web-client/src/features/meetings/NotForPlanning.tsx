/**
 * In the place of pages about planning, for those whose role does not plan.
 */
import { useTranslation } from "react-i18next";
import { NotForYou } from "../../ui/NotForYou";

export function NotForPlanning() {
  const { t } = useTranslation();
  return (
    <NotForYou
      page={t("meetings.title")}
      title={t("meetings.not_allowed_title")}
      text={t("meetings.not_allowed_text")}
    />
  );
}
