/**
 * The picture of a state: the bridge of the first page, small, with what has happened on it.
 *
 * Used by TextPage, by the lobby's notices and by the meeting's cards. Drawn, not loaded, and without
 * meaning for screen readers: the words beside it say the same.
 */
import styles from "./StatePicture.module.css";
import { MOTIFS, type NoticeKind, type StateMotif } from "./state-motifs";

export type { StateMotif };

/** States in which the way between the two sites is cut. */
const BROKEN: readonly StateMotif[] = ["offline", "unknown", "unplugged", "network", "removed"];
const DECK = 118;

export function StatePicture({ motif, kind }: { motif: StateMotif; kind: NoticeKind }) {
  const isBroken = BROKEN.includes(motif);
  return (
    <svg
      className={`${styles.picture} ${styles[kind] ?? ""}`}
      viewBox="0 0 480 150"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden
      focusable="false"
    >
      <rect className={styles.back} width="480" height="150" />
      <path className={styles.water} d="M24 134h70M126 134h120M290 134h66M392 134h60M70 144h90M210 144h130" />
      <path className={styles.pier} d={`M84 74V${DECK}M132 50V${DECK}M348 50V${DECK}M396 74V${DECK}`} />
      <path className={styles.pier} d={`M0 ${DECK}${isBroken ? "H180M300 " : "H480M480 "}${DECK}H480`} />
      <path
        className={styles.arch}
        d={isBroken ? "M36 112Q104 50 178 31M302 31Q376 50 444 112" : "M36 112Q240 -64 444 112"}
      />
      <circle className={styles.site} cx="84" cy="74" r="7" />
      <circle className={styles.site} cx="132" cy="50" r="7" />
      <circle className={styles.site} cx="348" cy="50" r="7" />
      <circle className={styles.site} cx="396" cy="74" r="7" />
      {MOTIFS[motif](styles)}
    </svg>
  );
}
