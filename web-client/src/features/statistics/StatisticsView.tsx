/**
 * The figures on screen: how many are well, who is searched for, the rows, the shards.
 *
 * Given the newest figures by StatisticsPage. Never asks the server.
 */
import { Download, Pause, Play, UsersRound } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { clockTime } from "../../i18n/format";
import type { ConferenceStatistics } from "../../protocol/generated";
import { Button } from "../../ui/Button";
import { csvOf } from "../../ui/csv";
import { saveText } from "../../ui/download";
import { EmptyState } from "../../ui/EmptyState";
import { useLanguage } from "../../ui/language";
import { TextField } from "../../ui/TextField";
import { useMediaQuery } from "../../ui/use-media-query";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import { tableOf } from "./cells";
import { GradeFilter } from "./GradeFilter";
import { Legend } from "./Legend";
import { LinkCards } from "./LinkCards";
import { LinkTable } from "./LinkTable";
import { MixerNotice } from "./MixerNotice";
import type { Grade } from "./quality";
import { chosen, countsOf, type Order, pressed, rowsOf } from "./rows";
import { ShardTable } from "./ShardTable";
import styles from "./StatisticsPage.module.css";

/** Below it a row becomes a card. */
const NARROW = "(max-width: 700px)";

type StatisticsViewProps = {
  figures: ConferenceStatistics;
  isHeld: boolean;
  onHold: (isHeld: boolean) => void;
};

export function StatisticsView({ figures, isHeld, onHold }: StatisticsViewProps) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const isNarrow = useMediaQuery(NARROW);
  const [text, setText] = useState("");
  const [grade, setGrade] = useState<Grade | null>(null);
  const [order, setOrder] = useState<Order>({ column: "name", isDescending: false });
  const all = useMemo(() => rowsOf(figures.participants), [figures]);
  const rows = useMemo(() => chosen(all, { text, grade, order }), [all, text, grade, order]);
  const save = () => {
    const stamp = new Date(figures.at_ms).toISOString().slice(0, 16).replaceAll(":", "-");
    const file = t("statistics.file_name", { time: stamp });
    saveText(file, csvOf(tableOf(rows, t, language)), "text/csv");
  };
  return (
    <div className={styles.stack}>
      {figures.programmes ? <MixerNotice programmes={figures.programmes} /> : null}
      {all.length === 0 ? (
        <EmptyState
          icon={<UsersRound size={28} />}
          title={t("statistics.empty_title")}
          text={t("statistics.empty_text")}
        />
      ) : (
        <>
          <GradeFilter counts={countsOf(all)} total={all.length} grade={grade} onChoose={setGrade} />
          <div className={styles.tools}>
            <div className={styles.search}>
              <TextField label={t("statistics.search")} value={text} onChange={setText} type="search" />
            </div>
            <Button
              icon={isHeld ? <Play size={18} aria-hidden /> : <Pause size={18} aria-hidden />}
              onPress={() => onHold(!isHeld)}
            >
              {t(isHeld ? "statistics.go_on" : "statistics.hold")}
            </Button>
            <Button icon={<Download size={18} aria-hidden />} onPress={save} isDisabled={rows.length === 0}>
              {t("statistics.save")}
            </Button>
            <p className={styles.note}>
              {t(isHeld ? "statistics.held_at" : "statistics.as_of", { time: clockTime(figures.at_ms) })}
            </p>
          </div>
          <VisuallyHidden isLive>{t("statistics.found", { count: rows.length })}</VisuallyHidden>
          {rows.length === 0 ? (
            <p className={styles.none}>{t("statistics.nobody_found")}</p>
          ) : isNarrow ? (
            <LinkCards rows={rows} order={order} onOrder={setOrder} />
          ) : (
            <LinkTable rows={rows} order={order} onSort={(column) => setOrder(pressed(order, column))} />
          )}
          <Legend />
        </>
      )}
      {figures.shards ? <ShardTable shards={figures.shards} /> : null}
    </div>
  );
}
