/**
 * Grid, speaker or the composed picture: a closed choice of three.
 */
import { Check, Image, LayoutGrid, PanelTop } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Menu, type MenuEntry } from "../../ui/Menu";
import { BarButton } from "./BarButton";
import { useView, useViewStore } from "./meeting-context";
import { keysOf } from "./shortcuts";
import type { Layout } from "./view-state";

const LAYOUTS: readonly Layout[] = ["grid", "speaker"];

export function LayoutMenu() {
  const { t } = useTranslation();
  const layout = useView((state) => (state.isComposed ? "composed" : state.layout));
  const entries = useLayoutEntries();
  return (
    <Menu label={t("layout.title")} placement="top" groups={[{ id: "layout", entries }]}>
      <BarButton
        label={t("bar.layout")}
        shortcut={keysOf("layout", t)}
        icon={<LayoutIcon of={layout} size={20} />}
      />
    </Menu>
  );
}

function LayoutIcon({ of, size }: { of: Layout | "composed"; size: number }) {
  if (of === "composed") return <Image size={size} aria-hidden />;
  return of === "grid" ? <LayoutGrid size={size} aria-hidden /> : <PanelTop size={size} aria-hidden />;
}

/** The layouts and the composed picture as entries of a menu, the chosen one marked. */
export function useLayoutEntries(): readonly MenuEntry[] {
  const { t } = useTranslation();
  const view = useViewStore();
  const chosen = useView((state) => (state.isComposed ? "composed" : state.layout));
  const entry = (one: Layout | "composed", onAction: () => void): MenuEntry => ({
    id: `layout-${one}`,
    label: t(`layout.${one}`),
    note: t(`layout.${one}_note`),
    icon: one === chosen ? <Check size={18} aria-hidden /> : <LayoutIcon of={one} size={18} />,
    onAction,
  });
  return [
    ...LAYOUTS.map((one) =>
      entry(one, () => view.setState({ layout: one, page: 0, isFollowing: false, isComposed: false })),
    ),
    entry("composed", () => view.setState({ isComposed: true })),
  ];
}
