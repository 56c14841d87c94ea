/**
 * The composed picture for all, or for some sites: its layout by small pictures, who sits where, and what is
 * written under the sites.
 */
import { X } from "lucide-react";
import { useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { IconButton } from "../../../ui/IconButton";
import { Select } from "../../../ui/Select";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import { CaptionList } from "./CaptionList";
import { type CaptionDraft, captionRequests } from "./captions-draft";
import { draftOf, requestsOf, withTiling } from "./picture-draft";
import { SeatPlan } from "./SeatPlan";
import styles from "./StageDialog.module.css";
import { TilingPicture } from "./TilingPicture";
import { TILINGS } from "./tilings";

const NO_PICTURES = { groups: [] };
/** As many groups as the server takes. */
const MAX_GROUPS = 4;

export function PictureDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const pictures = useMeetingState((state) => state.pictures) ?? NO_PICTURES;
  const sites = useMeetingState((state) => state.sites);
  const order = useMeetingState((state) => state.siteOrder);
  const [scope, setScope] = useState("all");
  const [draft, setDraft] = useState(() => draftOf(pictures, null));
  const [captions, setCaptions] = useState<CaptionDraft>(new Map());
  const group = scope === "all" ? null : Number(scope);
  const nameOf = (id: string) => sites.get(id)?.name ?? id;
  const choose = (next: string) => {
    setScope(next);
    setDraft(draftOf(pictures, next === "all" ? null : Number(next)));
  };
  const scopes = [
    { id: "all", label: t("picture.for_all") },
    ...pictures.groups.map((one, at) => ({
      id: String(at),
      label: t("picture.group", { names: one.sites.map(nameOf).join(", ") }),
    })),
    ...(pictures.groups.length < MAX_GROUPS && order.length > 0
      ? [{ id: String(pictures.groups.length), label: t("picture.new_group") }]
      : []),
  ];
  const chosen = draft.sites ?? [];
  const save = async () => {
    for (const request of [...requestsOf(pictures, group, draft), ...captionRequests(sites, captions)]) {
      if (!(await run(commands.course(request)))) return;
    }
    onClose();
  };
  return (
    <Dialog
      title={t("picture.title")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button
            variant="primary"
            isDisabled={group !== null && chosen.length === 0 && group >= pictures.groups.length}
            onPress={() => void save()}
          >
            {t("chair.stage_save")}
          </Button>
        </>
      }
    >
      <Select label={t("picture.scope")} options={scopes} value={scope} placeholder="" onChange={choose} />
      {draft.sites === null ? null : (
        <div className={styles.chosen}>
          <p className={styles.label}>{t("picture.sites")}</p>
          {chosen.length === 0 ? <p className={styles.help}>{t("picture.no_sites")}</p> : null}
          <ol>
            {chosen.map((id) => (
              <li key={id} className={styles.row}>
                <span>{nameOf(id)}</span>
                <IconButton
                  size="dense"
                  label={t("picture.drop_site", { name: nameOf(id) })}
                  onPress={() => setDraft({ ...draft, sites: chosen.filter((one) => one !== id) })}
                >
                  <X size={16} aria-hidden />
                </IconButton>
              </li>
            ))}
          </ol>
          <Select
            label={t("picture.add_site")}
            isSmallLabel
            options={order.filter((id) => !chosen.includes(id)).map((id) => ({ id, label: nameOf(id) }))}
            value={null}
            placeholder={t("picture.choose_site")}
            onChange={(id) => setDraft({ ...draft, sites: [...chosen, id] })}
          />
        </div>
      )}
      <RadioGroup
        className={styles.layouts ?? ""}
        value={draft.tiling ?? "automatic"}
        onChange={(value) => setDraft(withTiling(draft, TILINGS.find((one) => one === value) ?? null))}
      >
        <Label className={styles.label ?? ""}>{t("chair.stage_layout")}</Label>
        <div className={`${styles.choices} ${styles.tilings}`}>
          {[null, ...TILINGS].map((one) => (
            <Radio key={one ?? "automatic"} value={one ?? "automatic"} className={styles.choice ?? ""}>
              <TilingPicture tiling={one} />
              <span>{t(`picture.${one ?? (draft.sites === null ? "automatic" : "as_all")}`)}</span>
            </Radio>
          ))}
        </div>
      </RadioGroup>
      {draft.tiling === null ? (
        <p className={styles.help}>
          {t(draft.sites === null ? "picture.automatic_help" : "picture.as_all_help")}
        </p>
      ) : (
        <SeatPlan tiling={draft.tiling} draft={draft} onChange={setDraft} />
      )}
      {order.length > 0 ? <CaptionList draft={captions} onChange={setCaptions} /> : null}
    </Dialog>
  );
}
