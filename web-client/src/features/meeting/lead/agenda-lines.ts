/**
 * An agenda as text, one item a line: "title | speakers | minutes". Pure; used by AgendaDialog. An item whose
 * title stays the same keeps its number, and with it what has happened in it.
 */
import type { AgendaItem, AgendaItemView } from "../../../protocol/generated";

/** What the server takes as a title, in characters. */
const MAX_TITLE = 300;
/** Longest planned time, in minutes: a day. */
const MAX_MINUTES = 1440;

export function agendaLines(agenda: readonly AgendaItemView[]): string {
  return agenda
    .map(({ title, speakers, minutes }) => {
      const parts = [
        title,
        ...(speakers || minutes > 0 ? [speakers] : []),
        ...(minutes > 0 ? [`${minutes}`] : []),
      ];
      return parts.join(" | ");
    })
    .join("\n");
}

export function agendaItems(text: string, agenda: readonly AgendaItemView[]): AgendaItem[] {
  const free = [...agenda];
  return text
    .normalize("NFC")
    .split("\n")
    .map((line) => line.split("|").map((part) => part.trim()))
    .filter(([title]) => title)
    .map(([title = "", ...rest]) => {
      const last = rest.at(-1) ?? "";
      const hasMinutes = /^\d{1,4}$/u.test(last);
      const minutes = hasMinutes ? Math.min(MAX_MINUTES, Number(last)) : 0;
      const speakers = (hasMinutes ? rest.slice(0, -1) : rest).filter(Boolean).join(", ").slice(0, MAX_TITLE);
      const at = free.findIndex((item) => item.title === title);
      const [known] = at < 0 ? [] : free.splice(at, 1);
      return {
        ...(known === undefined ? {} : { item: known.item }),
        title: title.slice(0, MAX_TITLE),
        ...(speakers ? { speakers } : {}),
        minutes,
      };
    });
}
