/** Rules of the agenda as text. */
import { expect, it } from "vitest";
import type { AgendaItemView } from "../../../protocol/generated";
import { agendaItems, agendaLines } from "./agenda-lines";

const ITEM: AgendaItemView = {
  item: 7,
  title: "Khai mạc",
  speakers: "",
  minutes: 12,
  took_ms: 5,
  done: true,
  conclusion: "",
};

it("comes back as it was, with the same numbers", () => {
  const agenda = [ITEM, { ...ITEM, item: 9, title: "Kết luận", speakers: "Chủ tịch", minutes: 0 }];
  expect(agendaItems(agendaLines(agenda), agenda)).toEqual([
    { item: 7, title: "Khai mạc", minutes: 12 },
    { item: 9, title: "Kết luận", speakers: "Chủ tịch", minutes: 0 },
  ]);
});

it("takes new lines without number, leaves empty ones out and gives a number once", () => {
  expect(agendaItems("Khai mạc | 5\n\n  \nKhai mạc\nThảo luận | Sở Y tế | 30 ", [ITEM])).toEqual([
    { item: 7, title: "Khai mạc", minutes: 5 },
    { title: "Khai mạc", minutes: 0 },
    { title: "Thảo luận", speakers: "Sở Y tế", minutes: 30 },
  ]);
});
