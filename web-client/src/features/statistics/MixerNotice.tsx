/**
 * What the mixer gives up while it has too much to do, so that nobody looks for the fault on a line.
 */
import { Gauge } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ProgrammeStatistics } from "../../protocol/generated";
import { Banner } from "../../ui/Notice";
import { givenUp } from "./rows";

export function MixerNotice({ programmes }: { programmes: readonly ProgrammeStatistics[] }) {
  const { t } = useTranslation();
  const what = givenUp(programmes);
  if (what === null) return null;
  return (
    <Banner kind="warn" icon={<Gauge size={20} aria-hidden />} isLive>
      {t(`statistics.mixer.${what}`)}
    </Banner>
  );
}
