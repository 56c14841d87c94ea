/**
 * One site of the list: number, result as sign and word; a press calls it. Cheap, since there are hundreds.
 */
import { Check, Eye, Minus, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { SiteId } from "../../../protocol/generated";
import { holders } from "../../../state/course";
import { useMeeting, useMeetingState } from "../meeting-context";
import styles from "./RollList.module.css";

type RollRowProps = { id: SiteId; place: number; heading: string | null; isReachable: boolean };

export const RollRow = memo(function RollRow({ id, place, heading, isReachable }: RollRowProps) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const site = useMeetingState((state) => state.sites.get(id));
  const isCurrent = useMeetingState((state) => state.rollCall?.current === id);
  const isRunning = useMeetingState((state) => state.rollCall?.phase === "running");
  const isIn = useMeetingState((state) => holders(state).has(id));
  if (site === undefined) return null;
  const state = isCurrent ? "current" : (site.result ?? (isIn ? "waiting" : "not_in"));
  return (
    <>
      {heading === null ? null : <li className={styles.group}>{heading || t("roll.no_group")}</li>}
      <li className={styles.row} data-site={id} data-state={state}>
        <button
          type="button"
          className={styles.press}
          tabIndex={isReachable ? 0 : -1}
          aria-current={isCurrent || undefined}
          aria-disabled={!isRunning || undefined}
          onClick={() => {
            if (isRunning) void commands.course({ type: "call_site", site: id });
          }}
        >
          <span className={styles.place}>{place}</span>
          <span className={styles.sign}>
            {state === "present" ? (
              <Check size={16} aria-hidden />
            ) : state === "current" ? (
              <Eye size={16} aria-hidden />
            ) : state === "absent" ? (
              <Minus size={16} aria-hidden />
            ) : state === "no_sound" || state === "no_picture" ? (
              <TriangleAlert size={16} aria-hidden />
            ) : null}
          </span>
          <span className={styles.name}>{site.name}</span>
          <span className={styles.state}>
            {state === "waiting" ? "" : t(state === "current" ? "roll.current_state" : `roll.${state}`)}
          </span>
        </button>
      </li>
    </>
  );
});
