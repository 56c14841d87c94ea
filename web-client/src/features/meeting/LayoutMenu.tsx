/**
 * Grid or speaker: a closed choice of two.
 */
import { Check, LayoutGrid, PanelTop } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Menu, type MenuEntry } from "../../ui/Menu";
import { BarButton } from "./BarButton";
import { useView, useViewStore } from "./meeting-context";
import { keysOf } from "./shortcuts";
import type { Layout } from "./view-state";

const LAYOUTS: readonly Layout[] = ["grid", "speaker"];

export function LayoutMenu() {
  const { t } = useTranslation();
  const layout = useView((state) => state.layout);
  const entries = useLayoutEntries();
  return (
    <Menu label={t("layout.title")} placement="top" groups={[{ id: "layout", entries }]}>
      <BarButton
        label={t("bar.layout")}
        shortcut={keysOf("layout", t)}
        icon={layout === "grid" ? <LayoutGrid size={20} aria-hidden /> : <PanelTop size={20} aria-hidden />}
      />
    </Menu>
  );
}

/** The two layouts as entries of a menu, the chosen one marked. */
export function useLayoutEntries(): readonly MenuEntry[] {
  const { t } = useTranslation();
  const view = useViewStore();
  const layout = useView((state) => state.layout);
  return LAYOUTS.map((one) => ({
    id: `layout-${one}`,
    label: t(`layout.${one}`),
    note: t(`layout.${one}_note`),
    icon:
      one === layout ? (
        <Check size={18} aria-hidden />
      ) : one === "grid" ? (
        <LayoutGrid size={18} aria-hidden />
      ) : (
        <PanelTop size={18} aria-hidden />
      ),
    onAction: () => view.setState({ layout: one, page: 0, isFollowing: false }),
  }));
}
