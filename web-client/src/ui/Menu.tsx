/**
 * A button's list of things to do.
 *
 * Used by the app bar, a person's row and "more" in the meeting. Items that cannot be taken back
 * end in "…" and open a ConfirmDialog.
 */
import type { ReactElement, ReactNode } from "react";
import {
  Menu as AriaMenu,
  Header,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
} from "react-aria-components";
import styles from "./Menu.module.css";

export type MenuEntry = {
  id: string;
  label: string;
  icon?: ReactNode;
  note?: string | undefined;
  isDanger?: boolean;
  onAction: () => void;
};

export type MenuGroup = { id: string; title?: string; entries: readonly MenuEntry[] };

type MenuProps = {
  label: string;
  groups: readonly MenuGroup[];
  placement?: "top" | "bottom end" | "top end";
  children: ReactElement;
};

export function Menu({ label, groups, placement = "bottom end", children }: MenuProps) {
  const filled = groups.filter((group) => group.entries.length > 0);
  return (
    <MenuTrigger>
      {children}
      <Popover className={styles.popover ?? ""} placement={placement}>
        <AriaMenu
          aria-label={label}
          className={styles.menu ?? ""}
          onAction={(key) => {
            for (const group of filled) {
              group.entries.find((entry) => entry.id === key)?.onAction();
            }
          }}
        >
          {filled.map((group, at) => (
            <MenuSection key={group.id} aria-label={group.title ?? label}>
              {at > 0 ? <Separator className={styles.line ?? ""} /> : null}
              {group.title ? <Header className={styles.title ?? ""}>{group.title}</Header> : null}
              {group.entries.map((entry) => (
                <Item key={entry.id} entry={entry} />
              ))}
            </MenuSection>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

function Item({ entry }: { entry: MenuEntry }) {
  return (
    <MenuItem
      id={entry.id}
      textValue={entry.label}
      className={entry.isDanger ? `${styles.item} ${styles.danger}` : (styles.item ?? "")}
    >
      {entry.icon}
      <span className={styles.text}>{entry.label}</span>
      {entry.note ? <span className={styles.note}>{entry.note}</span> : null}
    </MenuItem>
  );
}
