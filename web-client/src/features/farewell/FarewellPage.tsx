/**
 * What is shown when a meeting is over for somebody, and for addresses that do not exist.
 *
 * Called by App and ConferencePage. Always offers a way on.
 */
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { EndReason } from "../../protocol/generated";
import { HOME } from "../../routes";
import { Button, ButtonLink } from "../../ui/Button";
import type { NoticeKind } from "../../ui/Notice";
import type { StateMotif } from "../../ui/StatePicture";
import { TextPage } from "../../ui/TextPage";

type FarewellPageProps = {
  kind: EndReason | "unknown";
  by?: string | null;
  onRejoin?: () => void;
};

const LOOKS: Record<FarewellPageProps["kind"], { kind: NoticeKind; picture: StateMotif }> = {
  left: { kind: "info", picture: "left" },
  ended: { kind: "info", picture: "ended" },
  removed: { kind: "danger", picture: "removed" },
  turned_away: { kind: "danger", picture: "refused" },
  joined_elsewhere: { kind: "info", picture: "elsewhere" },
  unknown: { kind: "warn", picture: "unknown" },
};

export function FarewellPage({ kind, by = null, onRejoin }: FarewellPageProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { title, text } = words();
  const rejoin = t(kind === "joined_elsewhere" ? "farewell.rejoin_here" : "farewell.rejoin");
  // Who was sent out may ask again, but that is not the step we propose.
  const isWayBack = onRejoin !== undefined && kind !== "removed" && kind !== "turned_away";
  return (
    <TextPage
      {...LOOKS[kind]}
      title={title}
      text={text}
      actions={
        <>
          <ButtonLink href={HOME} variant={isWayBack ? "secondary" : "primary"} onFollow={navigate}>
            {t("farewell.home")}
          </ButtonLink>
          {onRejoin ? (
            <Button variant={isWayBack ? "primary" : "secondary"} onPress={onRejoin}>
              {rejoin}
            </Button>
          ) : null}
        </>
      }
    />
  );

  function words() {
    if (kind === "unknown") return { title: t("unknown.title"), text: t("unknown.text") };
    if (kind === "ended" || kind === "removed") {
      const text = by ? t(`farewell.${kind}_text`, { by }) : t(`farewell.${kind}_text_nobody`);
      return { title: t(`farewell.${kind}_title`), text };
    }
    return { title: t(`farewell.${kind}_title`), text: t(`farewell.${kind}_text`) };
  }
}
