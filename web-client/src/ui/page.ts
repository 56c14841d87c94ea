/**
 * What a page tells the document: its title and its theme. Called once by every page.
 */
import { useInsertionEffect } from "react";
import { useTranslation } from "react-i18next";

/** `stage` is the dark theme of the meeting. */
export function usePage(title: string, theme: "light" | "stage" = "light"): void {
  const { t } = useTranslation();
  const full = t("app.page_title", { page: title });
  // Before anything on the page is measured: else its colours glide over from the page before.
  useInsertionEffect(() => {
    document.title = full;
    document.documentElement.dataset.theme = theme;
  }, [full, theme]);
}
