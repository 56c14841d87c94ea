/**
 * Why nobody, or not this person, comes in right now, with the way on: locked, full, not open yet,
 * in from elsewhere.
 */
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { NoticeCard } from "../../ui/Notice";

export type DoorTrouble = "locked" | "full" | "not_open" | "elsewhere";

type DoorNoticeProps = { trouble: DoorTrouble; limit: number; isJoining: boolean; onMove: () => void };

export function DoorNotice({ trouble, limit, isJoining, onMove }: DoorNoticeProps) {
  const { t } = useTranslation();
  if (trouble === "elsewhere") {
    return (
      <div role="status">
        <NoticeCard
          isPlain
          kind="info"
          picture="elsewhere"
          title={t("elsewhere.title")}
          text={t("elsewhere.text")}
          actions={
            <Button variant="primary" size="large" isDisabled={isJoining} onPress={onMove}>
              {t("elsewhere.move")}
            </Button>
          }
        />
      </div>
    );
  }
  return (
    <div role="status">
      <NoticeCard
        isPlain
        kind="warn"
        picture={trouble === "not_open" ? "waiting" : trouble}
        title={t(`lobby.${trouble}_title`)}
        text={t(`lobby.${trouble}_text`, { limit })}
      />
    </div>
  );
}
