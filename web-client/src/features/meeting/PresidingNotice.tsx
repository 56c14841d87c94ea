/**
 * Said while the chair is lost: the meeting goes on, and who leads it when.
 *
 * Used by MeetingPage once, among the notices below the top strip. The rule is the server's; this only
 * tells it.
 */
import { Gavel } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { MeetingState } from "../../state/meeting-store";
import { Banner } from "../../ui/Notice";
import { useMeetingState } from "./meeting-context";
import { useServerNow } from "./use-server-now";

/** How often the seconds that are left are told anew, in ms. */
const TICK_MS = 500;

export function PresidingNotice() {
  const takesOverMs = useMeetingState((state) => state.conference?.takes_over_ms);
  return takesOverMs === undefined ? null : <ChairLost takesOverMs={takesOverMs} />;
}

function ChairLost({ takesOverMs }: { takesOverMs: number }) {
  const { t } = useTranslation();
  const deputy = useMeetingState(deputyOf);
  const isOwn = useMeetingState((state) => deputy !== undefined && state.you?.participant === deputy.id);
  const seconds = Math.max(0, Math.ceil((takesOverMs - useServerNow(TICK_MS)) / 1000));
  const words =
    deputy === undefined
      ? t("deputy.nobody")
      : t(isOwn ? "deputy.you_in" : "deputy.other_in", { name: deputy.name, seconds });
  return (
    <Banner kind="warn" icon={<Gavel size={20} aria-hidden />} isLive>
      {t("deputy.chair_lost")} {words}
    </Banner>
  );
}

/** Who will lead, as the server chooses: who was named, else the first secretary. */
function deputyOf(state: MeetingState) {
  const here = state.order
    .map((id) => state.participants.get(id))
    .filter((person) => person !== undefined && person.presence === "here");
  const named = here.find((person) => person?.id === state.conference?.deputy);
  return named ?? here.find((person) => person?.role === "secretary");
}
