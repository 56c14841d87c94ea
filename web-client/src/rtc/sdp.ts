/**
 * The few changes that this side makes to session descriptions, and nothing else: all knowledge of
 * SDP text lives here. Called by `peer.ts`. Pure.
 */

/** What is asked of our own microphone's coder: silence costs nothing, lost packets are repaired. */
const VOICE = { usedtx: "1", useinbandfec: "1", maxaveragebitrate: "32000" };
/** Slot that carries the sound of a shared screen (see `AUDIO_SLOTS` of media control). */
const SCREEN_SOUND_SLOT = "a3";

/** Mids of a description in the order of their m-lines. */
export function midsOf(sdp: string): string[] {
  return [...sdp.matchAll(/^a=mid:(\S+)/gm)].flatMap(([, mid]) => mid ?? []);
}

/**
 * The server's offer as this browser should read it. The parameters of an offered codec say what
 * the other side wants to receive (RFC 7587 section 7.1), so this is where our microphone's coder is
 * set. A shared screen's sound comes with a payload type and parameters of its own.
 */
export function readableOffer(sdp: string): string {
  return withOpusOptions(sdp, "mic", VOICE);
}

/** Our answer, asking for stereo where a shared screen's sound is played. */
export function stereoAnswer(sdp: string): string {
  return withOpusOptions(sdp, SCREEN_SOUND_SLOT, { stereo: "1" });
}

/** `sdp` with these options added to the Opus line of the m-line `mid`, existing ones replaced. */
export function withOpusOptions(sdp: string, mid: string, options: Readonly<Record<string, string>>): string {
  // Keeps the separators: the browser wants its own text back unchanged elsewhere.
  const sections = sdp.split(/(?=^m=)/m);
  return sections
    .map((section) => (midsOf(section)[0] === mid ? changedSection(section, options) : section))
    .join("");
}

function changedSection(section: string, options: Readonly<Record<string, string>>): string {
  const payload = /^a=rtpmap:(\d+) opus\/48000/im.exec(section)?.[1];
  if (payload === undefined) return section;
  const line = new RegExp(`^a=fmtp:${payload} ([^\\r\\n]*)`, "m");
  const written = (known: Map<string, string>) =>
    `a=fmtp:${payload} ${[...known].map(([name, value]) => `${name}=${value}`).join(";")}`;
  const found = line.exec(section);
  if (found === null) {
    const rtpmap = new RegExp(`^a=rtpmap:${payload} [^\\r\\n]*`, "m");
    return section.replace(rtpmap, (whole) => `${whole}\r\n${written(new Map(Object.entries(options)))}`);
  }
  const known = new Map(
    (found[1] ?? "").split(";").flatMap((option): [string, string][] => {
      const [name = "", value = ""] = option.trim().split("=");
      return name === "" ? [] : [[name, value]];
    }),
  );
  for (const [name, value] of Object.entries(options)) known.set(name, value);
  return section.replace(line, () => written(known));
}
