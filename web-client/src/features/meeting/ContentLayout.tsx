/**
 * A shared screen large, with who presents it above and the front row beside.
 */
import { Maximize2, Minimize2, Presentation } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ParticipantId } from "../../protocol/generated";
import { participantOf } from "../../state/meeting-store";
import { Button } from "../../ui/Button";
import { IconButton } from "../../ui/IconButton";
import styles from "./ContentLayout.module.css";
import { LargeLayout } from "./LargeLayout";
import { useMeeting, useMeetingState, useRun, useView, useViewStore } from "./meeting-context";
import { TilePicture, usePictureTrack } from "./TilePicture";

/** Height of the line above the picture, as in the style sheet. */
const HEAD_PX = 40;

export function ContentLayout({ presenter }: { presenter: ParticipantId }) {
  const isLarge = useView((state) => state.isContentLarge);
  const content = <Content presenter={presenter} isLarge={isLarge} />;
  return isLarge ? (
    <div className={styles.whole}>{content}</div>
  ) : (
    <LargeLayout stage={null} headHeight={HEAD_PX}>
      {content}
    </LargeLayout>
  );
}

function Content({ presenter, isLarge }: { presenter: ParticipantId; isLarge: boolean }) {
  const { t } = useTranslation();
  const meeting = useMeeting();
  const run = useRun();
  const view = useViewStore();
  const person = useMeetingState(participantOf(presenter));
  const isOwn = useMeetingState((state) => state.you?.participant === presenter);
  const track = usePictureTrack(presenter, "screen");
  const name = person?.name ?? "";
  return (
    <section className={styles.content} aria-label={t("meeting.content_of", { name })}>
      <header className={styles.head}>
        <Presentation size={18} aria-hidden className={styles.icon} />
        <p className={styles.words}>
          {isOwn ? (
            <strong>{t("meeting.presenting_you")}</strong>
          ) : (
            <>
              <strong>{name}</strong> <span>{t("meeting.presenting_by")}</span>
            </>
          )}
        </p>
        {isOwn ? (
          <Button variant="danger" size="dense" onPress={() => void run(meeting.commands.stopScreen())}>
            {t("meeting.stop_presenting")}
          </Button>
        ) : null}
        <IconButton
          label={t(isLarge ? "meeting.fullscreen_leave" : "meeting.fullscreen")}
          onPress={() => view.setState({ isContentLarge: !isLarge })}
        >
          {isLarge ? <Minimize2 size={18} aria-hidden /> : <Maximize2 size={18} aria-hidden />}
        </IconButton>
      </header>
      <div className={styles.picture} data-participant={presenter}>
        <TilePicture id={presenter} track={track} source="screen" importance={2} isOwn={isOwn} />
        {track ? null : <p className={styles.opening}>{t("meeting.presenting_starts")}</p>}
      </div>
    </section>
  );
}
