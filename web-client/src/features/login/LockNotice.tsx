/**
 * How long the account stays locked, counted down on screen.
 */
import { LockKeyhole } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { span } from "../../i18n/format";
import { Banner } from "../../ui/Notice";
import { VisuallyHidden } from "../../ui/VisuallyHidden";

type LockNoticeProps = { seconds: number; onOver: () => void };

export function LockNotice({ seconds, onOver }: LockNoticeProps) {
  const { t } = useTranslation();
  const [until] = useState(() => Date.now() + seconds * 1000);
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const timer = setInterval(() => {
      const rest = Math.ceil((until - Date.now()) / 1000);
      setLeft(rest);
      if (rest <= 0) onOver();
    }, 1000);
    return () => clearInterval(timer);
  }, [until, onOver]);
  return (
    <Banner kind="danger" icon={<LockKeyhole size={20} aria-hidden />}>
      {/* Told once; the running seconds are for the eye only. */}
      <VisuallyHidden isLive>{t("http.account_locked", { time: span(seconds, t) })}</VisuallyHidden>
      <span aria-hidden>{t("http.account_locked", { time: span(left, t) })}</span>
    </Banner>
  );
}
