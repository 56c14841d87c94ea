/**
 * The agenda item by item: title, who presents, planned minutes; moved by buttons or Alt with the arrows.
 */
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { IconButton } from "../../../ui/IconButton";
import { TextField } from "../../../ui/TextField";
import { agendaMinutes, type DraftItem, MAX, newItem, numberIn } from "./draft";
import styles from "./Fields.module.css";
import { FormSection } from "./FormSection";
import type { PartProps } from "./part";
import { useProblem } from "./use-problem";

export function AgendaSection({ draft, change, problems }: PartProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);
  const { agenda } = draft;
  const planned = agendaMinutes(agenda);
  const over = planned - (numberIn(draft.minutes) ?? 0);
  const set = (items: readonly DraftItem[]) => change({ agenda: items });
  const move = (from: number, to: number) => {
    const items = [...agenda];
    const [moved] = items.splice(from, 1);
    if (moved === undefined || to < 0 || to > items.length) return;
    items.splice(to, 0, moved);
    set(items);
  };
  const add = () => {
    const item = newItem();
    set([...agenda, item]);
    // The new line is there once React has drawn it.
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(`[data-item="${item.key}"] input`)?.focus(),
    );
  };
  return (
    <FormSection title={t("chair.agenda")} text={t("form.agenda_text")}>
      <ol ref={list} className={styles.items}>
        {agenda.map((item, at) => (
          <AgendaItem
            key={item.key}
            item={item}
            place={at + 1}
            count={agenda.length}
            problems={problems}
            onChange={(next) => set(agenda.map((one) => (one.key === item.key ? next : one)))}
            onMove={(step) => move(at, at + step)}
            onDrop={() => set(agenda.filter((one) => one.key !== item.key))}
          />
        ))}
      </ol>
      <div className={styles.row}>
        <div>
          <Button icon={<Plus size={18} aria-hidden />} isDisabled={agenda.length >= MAX.items} onPress={add}>
            {t("form.item_add")}
          </Button>
        </div>
      </div>
      {planned > 0 ? (
        <p className={styles.count} role="status">
          {t("form.agenda_sum", { planned })} {over > 0 ? t("form.agenda_over", { over }) : ""}
        </p>
      ) : null}
    </FormSection>
  );
}

type AgendaItemProps = {
  item: DraftItem;
  place: number;
  count: number;
  problems: PartProps["problems"];
  onChange: (item: DraftItem) => void;
  onMove: (step: -1 | 1) => void;
  onDrop: () => void;
};

function AgendaItem({ item, place, count, problems, onChange, onMove, onDrop }: AgendaItemProps) {
  const { t } = useTranslation();
  const problem = useProblem(problems);
  const name = item.title || t("form.item", { place });
  const moveByKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (!event.altKey || step === 0) return;
    event.preventDefault();
    onMove(step);
  };
  return (
    <li className={styles.item} data-item={item.key} onKeyDown={moveByKey}>
      <span className={styles.place}>{place}</span>
      <TextField
        label={t("form.item_title")}
        value={item.title}
        onChange={(title) => onChange({ ...item, title })}
        maxLength={MAX.itemTitle}
        error={problem(`item-${item.key}`)}
      />
      <TextField
        label={t("form.item_speakers")}
        value={item.speakers}
        onChange={(speakers) => onChange({ ...item, speakers })}
        maxLength={MAX.speakers}
      />
      <TextField
        label={t("form.item_minutes")}
        inputMode="numeric"
        value={item.minutes}
        onChange={(minutes) => onChange({ ...item, minutes })}
        error={problem(`item-minutes-${item.key}`)}
      />
      <div className={styles.tools}>
        <IconButton
          size="dense"
          label={t("form.item_up", { name })}
          isDisabled={place === 1}
          onPress={() => onMove(-1)}
        >
          <ArrowUp size={16} aria-hidden />
        </IconButton>
        <IconButton
          size="dense"
          label={t("form.item_down", { name })}
          isDisabled={place === count}
          onPress={() => onMove(1)}
        >
          <ArrowDown size={16} aria-hidden />
        </IconButton>
        <IconButton size="dense" label={t("form.item_drop", { name })} onPress={onDrop}>
          <Trash2 size={16} aria-hidden />
        </IconButton>
      </div>
    </li>
  );
}
