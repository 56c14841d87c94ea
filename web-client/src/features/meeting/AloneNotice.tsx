/**
 * Said to the first person in the room: the link to give to others.
 */
import { Check, Link2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { invitationLink } from "../../routes";
import { Button } from "../../ui/Button";
import { useCopy } from "../../ui/copy";
import styles from "./AloneNotice.module.css";
import { useMeeting } from "./meeting-context";

export function AloneNotice() {
  const { t } = useTranslation();
  const link = invitationLink(useMeeting().conference);
  const { isCopied, copy } = useCopy(link);
  return (
    <aside className={styles.notice} aria-label={t("meeting.alone_title")}>
      <div className={styles.words}>
        <strong>{t("meeting.alone_title")}</strong>
        <span>{t("meeting.alone_text")}</span>
        <span className={styles.link}>{link}</span>
      </div>
      <Button
        variant="primary"
        icon={isCopied ? <Check size={18} aria-hidden /> : <Link2 size={18} aria-hidden />}
        onPress={copy}
      >
        {t(isCopied ? "action.link_copied" : "action.copy_link")}
      </Button>
    </aside>
  );
}
