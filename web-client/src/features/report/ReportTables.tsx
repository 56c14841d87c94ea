/**
 * The parts of an end report as tables; one that holds nothing says so.
 */
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { clockTime, roughSpan, span, waitingTime } from "../../i18n/format";
import type { EndReport } from "../../protocol/generated";
import styles from "./ReportPage.module.css";
import { whatWords } from "./report-words";

export function ReportTables({ report }: { report: EndReport }) {
  const { t } = useTranslation();
  const length = (ms: number) => roughSpan(ms, t);
  return (
    <>
      <Table
        title={t("report.attendance")}
        columns={["name", "role", "came", "left", "present", "spoke"]}
        rows={report.people.map((one) => [
          <Two key="name" first={one.name} second={[one.unit, one.site].filter(Boolean).join(" · ")} />,
          t(`role.${one.role}`),
          clockTime(one.came_ms),
          one.left_ms === null ? t("report.still_in") : clockTime(one.left_ms),
          one.breaks > 0
            ? t("report.with_breaks", { time: length(one.present_ms), count: one.breaks })
            : length(one.present_ms),
          one.turns > 0 ? t("report.turns", { time: waitingTime(one.spoke_ms), count: one.turns }) : "",
        ])}
      />
      <Table
        title={t("report.sites")}
        columns={["site", "result", "present"]}
        rows={report.sites.map((one) => [
          one.name,
          one.result === "" ? t("report.not_called") : t(`roll.${one.result}` as "roll.present"),
          length(one.present_ms),
        ])}
      />
      <Table
        title={t("report.floor")}
        columns={["at", "name", "spoke"]}
        rows={report.floor.map((one) => [
          clockTime(one.at_ms),
          <Two key="name" first={one.name} second={one.site} />,
          waitingTime(one.spoke_ms),
        ])}
      />
      <Table
        title={t("chair.agenda")}
        columns={["item", "planned", "at", "took"]}
        rows={report.agenda.map((one) => [
          one.title,
          one.planned_minutes > 0 ? t("time.minutes", { minutes: one.planned_minutes }) : "",
          one.opened_ms === null ? t("report.not_opened") : clockTime(one.opened_ms),
          one.took_ms > 0 ? waitingTime(one.took_ms) : "",
        ])}
      />
      <Table
        title={t("report.incidents")}
        columns={["at", "what", "who", "lasted"]}
        rows={report.incidents.map((one) => [
          clockTime(one.at_ms),
          whatWords(one.what, t),
          one.who,
          one.lasted_ms === null ? "" : span(one.lasted_ms / 1000, t),
        ])}
      />
      <Table
        title={t("report.acts")}
        columns={["at", "by", "what", "on"]}
        rows={report.acts.map((one) => [clockTime(one.at_ms), one.by, whatWords(one.what, t), one.on])}
      />
    </>
  );
}

function Two({ first, second }: { first: string; second: string }) {
  return (
    <>
      {first}
      {second ? <small className={styles.second}>{second}</small> : null}
    </>
  );
}

type Column =
  | "name"
  | "role"
  | "came"
  | "left"
  | "present"
  | "spoke"
  | "site"
  | "result"
  | "at"
  | "item"
  | "planned"
  | "took"
  | "what"
  | "who"
  | "lasted"
  | "by"
  | "on";

type TableProps = { title: string; columns: readonly Column[]; rows: readonly (readonly ReactNode[])[] };

function Table({ title, columns, rows }: TableProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div className={styles.card}>
      <h2 id={id} className={styles.heading}>
        {title}
      </h2>
      {rows.length === 0 ? (
        <p className={styles.none}>{t("report.nothing")}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard.
        <section className={styles.scroll} tabIndex={0} aria-labelledby={id}>
          <table className={styles.table}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {t(`report.column.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((cells, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a report does not change, and its rows have no ids.
                <tr key={at}>
                  {cells.map((cell, place) => (
                    <td key={columns[place]}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}
