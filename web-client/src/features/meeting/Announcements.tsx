/**
 * The two live regions for screen readers: polite in batches, assertive for what concerns oneself.
 */
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import { useMeeting } from "./meeting-context";

export function Announcements() {
  const { t } = useTranslation();
  const { announcer } = useMeeting();
  const polite = useStore(announcer.store, (state) => state.polite);
  const assertive = useStore(announcer.store, (state) => state.assertive);
  const line = polite.map(({ code, count, name }) => t(`announce.${code}`, { count, name })).join(". ");
  return (
    <>
      <VisuallyHidden isLive>{line}</VisuallyHidden>
      <div role="alert">
        <VisuallyHidden>
          {assertive ? t(`announce.${assertive.code}`, { count: assertive.count, name: assertive.name }) : ""}
        </VisuallyHidden>
      </div>
    </>
  );
}
