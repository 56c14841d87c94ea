/**
 * What the composed picture writes under each site: found by a search, typed over the name, put back to it.
 */
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { TextField as AriaTextField, Input, Label } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { SiteView } from "../../../protocol/generated";
import { IconButton } from "../../../ui/IconButton";
import { TextField } from "../../../ui/TextField";
import { useMeetingState } from "../meeting-context";
import styles from "./CaptionList.module.css";
import { type CaptionDraft, listed, MAX_CAPTION } from "./captions-draft";
import dialog from "./StageDialog.module.css";

type CaptionListProps = { draft: CaptionDraft; onChange: (draft: CaptionDraft) => void };

export function CaptionList({ draft, onChange }: CaptionListProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const sites = useMeetingState((state) => state.sites);
  const order = useMeetingState((state) => state.siteOrder);
  const all = order.map((id) => sites.get(id)).filter((site) => site !== undefined);
  // As it was at first: a row that is being typed in stays where it is.
  const [first] = useState(() => new Set(all.filter((site) => site.caption !== "").map((site) => site.id)));
  const { shown, more } = listed(all, first, search);
  const captioned = all.filter((site) => (draft.get(site.id) ?? site.caption) !== "").length;
  return (
    <details className={styles.captions} onToggle={({ currentTarget }) => bringIntoSight(currentTarget)}>
      <summary className={styles.summary}>
        {t("picture.captions")}
        {captioned > 0 ? <span className={styles.count}>{captioned}</span> : null}
      </summary>
      <div className={styles.inside}>
        <p className={dialog.help}>{t("picture.captions_help")}</p>
        <TextField label={t("picture.caption_search")} value={search} onChange={setSearch} type="search" />
        {shown.length === 0 ? <p className={dialog.help}>{t("picture.caption_none")}</p> : null}
        <ol className={styles.rows}>
          {shown.map((site) => (
            <CaptionRow
              key={site.id}
              site={site}
              typed={draft.get(site.id) ?? site.caption}
              onType={(typed) => onChange(new Map(draft).set(site.id, typed))}
            />
          ))}
        </ol>
        {more > 0 ? <p className={dialog.help}>{t("picture.caption_more", { count: more })}</p> : null}
      </div>
    </details>
  );
}

/** What has opened lies below the layouts, often below the screen. */
function bringIntoSight(captions: HTMLDetailsElement) {
  if (captions.open) captions.scrollIntoView({ block: "start" });
}

type CaptionRowProps = { site: SiteView; typed: string; onType: (typed: string) => void };

function CaptionRow({ site, typed, onType }: CaptionRowProps) {
  const { t } = useTranslation();
  return (
    <li className={styles.row}>
      <AriaTextField className={styles.field ?? ""} value={typed} onChange={onType} maxLength={MAX_CAPTION}>
        <Label className={styles.name ?? ""}>{site.name}</Label>
        <Input className={styles.input ?? ""} placeholder={t("picture.caption_as_name")} />
      </AriaTextField>
      {typed === "" ? (
        <span className={styles.gap} />
      ) : (
        <IconButton
          size="dense"
          label={t("picture.caption_reset", { name: site.name })}
          onPress={() => onType("")}
        >
          <RotateCcw size={16} aria-hidden />
        </IconButton>
      )}
    </li>
  );
}
