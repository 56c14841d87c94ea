/**
 * The layout for all by small pictures, who is chosen for it, and whether viewers may look around.
 */
import { X } from "lucide-react";
import { useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Layout, MeetingKind, ParticipantId } from "../../../protocol/generated";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { IconButton } from "../../../ui/IconButton";
import { byVietnamese } from "../../../ui/names";
import { Select } from "../../../ui/Select";
import { Switch } from "../../../ui/Switch";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import { LAYOUTS, LayoutPicture } from "./LayoutPicture";
import styles from "./StageDialog.module.css";

const KINDS: readonly MeetingKind[] = ["normal", "lecture", "questioning"];
/** As many as the server takes. */
const MAX_CHOSEN = 4;

export function StageDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const stage = useMeetingState((state) => state.stage);
  const participants = useMeetingState((state) => state.participants);
  const [layout, setLayout] = useState<Layout>(stage.layout);
  const [chosen, setChosen] = useState<readonly ParticipantId[]>(stage.chosen);
  const [isFree, setFree] = useState(stage.free);
  const kindNow = useMeetingState((state) => state.conference?.kind ?? "normal");
  const [kind, setKind] = useState<MeetingKind>(kindNow);
  const there = chosen.filter((id) => participants.has(id));
  const options = [...participants.values()]
    .filter((person) => !there.includes(person.id))
    .map((person) => ({
      id: String(person.id),
      label: [person.name, person.unit].filter(Boolean).join(" – "),
    }))
    .sort((left, right) => byVietnamese(left.label, right.label));
  const save = async () => {
    const request = { type: "set_stage", layout, participants: there, free: isFree } as const;
    const isKindSet = kind === kindNow || (await run(commands.course({ type: "set_kind", kind })));
    if (isKindSet && (await run(commands.course(request)))) onClose();
  };
  return (
    <Dialog
      title={t("chair.stage_title")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button variant="primary" onPress={() => void save()}>
            {t("chair.stage_save")}
          </Button>
        </>
      }
    >
      <RadioGroup
        className={styles.layouts ?? ""}
        value={layout}
        onChange={(value) => setLayout(LAYOUTS.find((one) => one === value) ?? "automatic")}
      >
        <Label className={styles.label ?? ""}>{t("chair.stage_layout")}</Label>
        <div className={styles.choices}>
          {LAYOUTS.map((one) => (
            <Radio key={one} value={one} className={styles.choice ?? ""}>
              <LayoutPicture layout={one} />
              <span>{t(`chair.layout_${one}`)}</span>
            </Radio>
          ))}
        </div>
      </RadioGroup>
      <div className={styles.chosen}>
        <p className={styles.label}>{t("chair.stage_chosen")}</p>
        {there.length === 0 ? <p className={styles.help}>{t("chair.stage_nobody")}</p> : null}
        <ol>
          {there.map((id) => {
            const name = participants.get(id)?.name ?? "";
            return (
              <li key={id} className={styles.row}>
                <span>{name}</span>
                <IconButton
                  size="dense"
                  label={t("chair.stage_drop", { name })}
                  onPress={() => setChosen(there.filter((one) => one !== id))}
                >
                  <X size={16} aria-hidden />
                </IconButton>
              </li>
            );
          })}
        </ol>
        {there.length < MAX_CHOSEN ? (
          <Select
            label={t("chair.stage_add")}
            isSmallLabel
            options={options}
            value={null}
            placeholder={t("chair.stage_choose")}
            onChange={(id) => setChosen([...there, Number(id)])}
          />
        ) : null}
      </div>
      <div className={styles.kind}>
        <Select
          label={t("chair.kind")}
          options={KINDS.map((one) => ({ id: one, label: t(`kind.${one}`) }))}
          value={kind}
          placeholder=""
          onChange={(id) => setKind(KINDS.find((one) => one === id) ?? "normal")}
        />
        <p className={styles.help}>{t(`kind.${kind}_help`)}</p>
      </div>
      <Switch isOn={isFree} onChange={setFree} help={t("chair.stage_free_help")}>
        {t("chair.stage_free")}
      </Switch>
    </Dialog>
  );
}
