/**
 * What is measured of a site in four facts, each with its grade. Pure; used by SiteFacts. Says "not known"
 * rather than guess.
 */
import { written } from "../../../i18n/format";
import type { LinkStatistics, ParticipantView } from "../../../protocol/generated";

export type FactCode =
  | "picture_is"
  | "picture_coming"
  | "picture_none"
  | "sound_is"
  | "sound_silent"
  | "sound_off"
  | "link_is"
  | "content_on"
  | "content_none"
  | "unknown";

export interface Fact {
  of: "picture" | "sound" | "link" | "content";
  code: FactCode;
  values: { height: number; rate: string; level: number; loss: string; rtt: number };
  grade: "good" | "bad" | "none";
}

/** From here on loss and delay are bad, as on the page of statistics. */
const BAD_LOSS = 0.05;
const BAD_RTT_MS = 400;
const NOTHING = { height: 0, rate: "", level: 0, loss: "", rtt: 0 };

export function factsOf(
  person: ParticipantView | undefined,
  link: LinkStatistics | null,
  levelDbov: number | null,
  language: string,
): readonly Fact[] {
  const fact = (
    of: Fact["of"],
    code: FactCode,
    grade: Fact["grade"],
    values: Partial<Fact["values"]> = {},
  ): Fact => ({
    of,
    code,
    grade,
    values: { ...NOTHING, ...values },
  });
  const unknown = (of: Fact["of"]) => fact(of, "unknown", "none");
  if (person === undefined) return (["picture", "sound", "link", "content"] as const).map(unknown);
  const camera = link?.streams.filter((stream) => stream.source === "camera" && stream.bps > 0) ?? [];
  const height = Math.max(0, ...camera.map((stream) => stream.height_px));
  const bps = camera.reduce((sum, stream) => sum + stream.bps, 0);
  const loss = link === null ? 0 : Math.max(link.uplink_loss, link.downlink_loss);
  const hasScreen =
    link?.streams.some((stream) => stream.source === "screen" && stream.bps > 0) ?? person.screen;
  return [
    !person.camera
      ? fact("picture", "picture_none", "bad")
      : height > 0
        ? fact("picture", "picture_is", "good", { height, rate: written(bps / 1e6, 1, language) })
        : fact("picture", "picture_coming", "none"),
    !person.microphone
      ? fact("sound", "sound_off", "bad")
      : levelDbov !== null
        ? fact("sound", "sound_is", "good", { level: -levelDbov })
        : fact("sound", "sound_silent", "none"),
    link === null
      ? unknown("link")
      : fact("link", "link_is", loss >= BAD_LOSS || link.rtt_ms >= BAD_RTT_MS ? "bad" : "good", {
          loss: written(loss * 100, 1, language),
          rtt: link.rtt_ms,
        }),
    hasScreen ? fact("content", "content_on", "good") : fact("content", "content_none", "none"),
  ];
}
