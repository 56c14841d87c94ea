/**
 * One press for browsers that play no sound before the person has pressed something.
 */
import { VolumeX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { Banner } from "../../ui/Notice";
import { useMeeting, useMeetingState } from "./meeting-context";

export function SoundBlocked() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const isBlocked = useMeetingState((state) => state.isSoundBlocked);
  if (!isBlocked) return null;
  return (
    <Banner
      kind="warn"
      icon={<VolumeX size={20} aria-hidden />}
      isLive
      action={
        <Button variant="primary" onPress={() => void commands.unblockSound()}>
          {t("meeting.sound_allow")}
        </Button>
      }
    >
      {t("meeting.sound_blocked")}
    </Banner>
  );
}
