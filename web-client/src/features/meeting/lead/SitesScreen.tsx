/**
 * The sites for the operator: one large and private before it goes on the stage, the list beside it, and
 * viewing them in turn.
 */
import { MapPinOff } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SiteId } from "../../../protocol/generated";
import { EmptyState } from "../../../ui/EmptyState";
import { useMeetingState } from "../meeting-context";
import { PatrolControls } from "./PatrolControls";
import { SitePick } from "./SitePick";
import styles from "./SitesScreen.module.css";
import { SiteView } from "./SiteView";

export function SitesScreen() {
  const { t } = useTranslation();
  const first = useMeetingState((state) => state.siteOrder[0]);
  const patrolled = useMeetingState((state) => state.patrol?.site);
  const [picked, setPicked] = useState<SiteId | null>(null);
  const shown = patrolled ?? picked ?? first;
  return (
    <main className={styles.screen} data-region="stage" tabIndex={-1} aria-label={t("sites.title")}>
      <h2 className={styles.title}>{t("sites.title")}</h2>
      {shown === undefined ? (
        <div className={styles.empty}>
          <EmptyState
            icon={<MapPinOff size={28} />}
            title={t("roll.none_title")}
            text={t("roll.none_text")}
          />
        </div>
      ) : (
        <>
          <div className={styles.view}>
            <SiteView id={shown} />
            <PatrolControls />
          </div>
          <SitePick shown={shown} onPick={setPicked} />
        </>
      )}
    </main>
  );
}
