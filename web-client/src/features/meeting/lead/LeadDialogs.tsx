/**
 * The dialogs of those who lead: layout for all, the composed picture, words of a conclusion, the agenda, and who speaks behind
 * a device.
 */
import { useTranslation } from "react-i18next";
import { runningItem } from "../../../state/course";
import { useMeetingState, useView, useViewStore } from "../meeting-context";
import { AgendaDialog } from "./AgendaDialog";
import { ConclusionDialog } from "./ConclusionDialog";
import { GrantDialog } from "./GrantDialog";
import { PictureDialog } from "./PictureDialog";
import { StageDialog } from "./StageDialog";

export function LeadDialogs() {
  const view = useViewStore();
  const { t } = useTranslation();
  const dialog = useView((state) => state.dialog);
  const granting = useView((state) => state.granting);
  const item = useMeetingState((state) => runningItem(state.agenda));
  const close = () => view.setState({ dialog: null, granting: null });
  if (granting !== null) return <GrantDialog id={granting} onClose={close} />;
  if (dialog === "stage") return <StageDialog onClose={close} />;
  if (dialog === "picture") return <PictureDialog onClose={close} />;
  if (dialog === "agenda") return <AgendaDialog onClose={close} />;
  if (dialog === "conclusion" && item !== undefined) {
    return (
      <ConclusionDialog title={t("chair.conclusion_of", { title: item.title })} item={item} onClose={close} />
    );
  }
  return null;
}
