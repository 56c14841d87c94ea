/**
 * The sites in order by group with their results, the next two in advance, and those to call again.
 */
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useShallow } from "zustand/react/shallow";
import type { SiteId } from "../../../protocol/generated";
import { dueAfter, holders } from "../../../state/course";
import { Count } from "../../../ui/Badge";
import { useMeeting, useMeetingState } from "../meeting-context";
import { Preview } from "./Preview";
import styles from "./RollList.module.css";
import { RollRow } from "./RollRow";
import { useInSight } from "./use-in-sight";

export function RollList() {
  const { t } = useTranslation();
  return (
    <section className={styles.card} data-region="panel" tabIndex={-1} aria-label={t("roll.list")}>
      <h3 className={styles.title}>{t("roll.list")}</h3>
      <Rows />
      <NextTwo />
      <AgainList />
    </section>
  );
}

function Rows() {
  const order = useMeetingState((state) => state.siteOrder);
  const groups = useMeetingState(
    useShallow((state) => state.siteOrder.map((id) => state.sites.get(id)?.group ?? "")),
  );
  const current = useMeetingState((state) => state.rollCall?.current);
  const list = useInSight(current);
  const first = current ?? order[0];
  return (
    <ol ref={list} className={styles.rows} onKeyDown={moveFocus}>
      {order.map((id, at) => (
        <RollRow
          key={id}
          id={id}
          place={at + 1}
          heading={groups[at] === groups[at - 1] ? null : (groups[at] ?? null)}
          isReachable={id === first}
        />
      ))}
    </ol>
  );
}

/** One stop for Tab; arrows walk inside. */
function moveFocus(event: KeyboardEvent<HTMLOListElement>) {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const at =
    document.activeElement instanceof HTMLButtonElement ? buttons.indexOf(document.activeElement) : -1;
  const next = buttons[at + step];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  next.focus();
}

function NextTwo() {
  const { t } = useTranslation();
  const next = useMeetingState(
    useShallow((state) =>
      dueAfter(state.siteOrder, state.sites, state.rollCall?.current)
        .filter((id) => holders(state).has(id))
        .slice(0, 2),
    ),
  );
  if (next.length === 0) return null;
  return (
    <div className={styles.next}>
      <p className={styles.small}>{t("roll.next_two")}</p>
      <ul className={styles.previews}>
        {next.map((id) => (
          <NextPreview key={id} id={id} />
        ))}
      </ul>
    </div>
  );
}

function NextPreview({ id }: { id: SiteId }) {
  const holder = useMeetingState((state) => holders(state).get(id));
  const name = useMeetingState((state) => state.sites.get(id)?.name ?? "");
  return (
    <li className={styles.preview}>
      <Preview id={holder} importance={0}>
        <span className={styles.plate}>{name}</span>
      </Preview>
    </li>
  );
}

function AgainList() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const isRunning = useMeetingState((state) => state.rollCall?.phase === "running");
  const again = useMeetingState(
    useShallow((state) =>
      state.siteOrder.filter((id) => {
        const result = state.sites.get(id)?.result;
        return result !== undefined && result !== "present";
      }),
    ),
  );
  const sites = useMeetingState((state) => state.sites);
  if (again.length === 0) return null;
  return (
    <div className={styles.again}>
      <h3 className={styles.title}>
        {t("roll.call_again")} <Count value={again.length} />
      </h3>
      <ul className={styles.chips}>
        {again.map((id) => {
          const site = sites.get(id);
          return (
            <li key={id}>
              <button
                type="button"
                className={styles.chip}
                data-result={site?.result}
                aria-disabled={!isRunning || undefined}
                onClick={() => {
                  if (isRunning) void commands.course({ type: "call_site", site: id });
                }}
              >
                {site?.name} · {t(`roll.${site?.result ?? "absent"}`)}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
