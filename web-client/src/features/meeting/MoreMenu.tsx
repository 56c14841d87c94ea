/**
 * What is needed rarely: the room's doors for those who keep them, one's own devices and language.
 */
import { Ellipsis } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Menu, type MenuGroup } from "../../ui/Menu";
import { BarButton } from "./BarButton";
import { useOwnEntries, usePlaceEntries, useRoomEntries } from "./more-entries";

type MoreMenuProps = { isCompact: boolean; count: number };

export function MoreMenu({ isCompact, count }: MoreMenuProps) {
  const { t } = useTranslation();
  const places = usePlaceEntries();
  const room = useRoomEntries();
  const own = useOwnEntries();
  const groups: MenuGroup[] = [
    ...(isCompact ? [{ id: "places", entries: places }] : []),
    { id: "room", title: t("more.room"), entries: room },
    { id: "own", title: t("more.me"), entries: own },
  ];
  return (
    <Menu label={t("more.title")} placement="top end" groups={groups}>
      <BarButton label={t("bar.more")} icon={<Ellipsis size={20} aria-hidden />} count={count} />
    </Menu>
  );
}
