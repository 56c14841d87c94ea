/**
 * The bridge of the sign-in and first pages: an arch over water with sites as lights. Drawn, not loaded, and
 * without meaning for screen readers.
 */
import styles from "./BridgePicture.module.css";

const HALOS = [0, 1, 2, 3, 4, 5, 6];
const SPAN = 720;
const DECK = 640;
/** Height of the arch above the deck at its middle. */
const RISE = 232;
const PIERS = [60, 150, 240, 360, 480, 570, 660];
const WAVES: readonly (readonly [number, number, number])[] = [
  [24, 664, 124],
  [280, 664, 176],
  [560, 664, 92],
  [70, 686, 120],
  [256, 686, 190],
  [590, 686, 86],
  [100, 710, 130],
  [300, 710, 150],
  [540, 710, 110],
  [130, 736, 210],
  [470, 736, 130],
];

export function BridgePicture() {
  return (
    <svg
      className={styles.picture}
      viewBox={`0 0 ${SPAN} 768`}
      preserveAspectRatio="xMidYMax slice"
      aria-hidden
      focusable="false"
    >
      <defs>
        <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" className={styles.skyTop} />
          <stop offset="0.55" className={styles.skyMiddle} />
          <stop offset="1" className={styles.skyBottom} />
        </linearGradient>
      </defs>
      <rect width={SPAN} height="768" fill="url(#sky)" />
      <g className={styles.halo}>
        {HALOS.map((ring) => (
          <path key={ring} d={arch(60 + ring * 26, RISE + 24 + ring * 26)} />
        ))}
      </g>
      <g className={styles.pier}>
        {PIERS.map((x) => (
          <path key={x} d={`M${x} ${archHeight(x)}V${DECK}`} />
        ))}
        <path d={`M0 ${DECK}h${SPAN}`} />
      </g>
      <path className={styles.arch} d={arch(60, RISE)} />
      {PIERS.map((x) => (
        <circle key={x} className={styles.site} cx={x} cy={archHeight(x)} r="7" />
      ))}
      <circle className={styles.glow} cx={SPAN / 2} cy={DECK - RISE} r="22" />
      <circle className={styles.centre} cx={SPAN / 2} cy={DECK - RISE} r="12" />
      <rect className={styles.water} y={DECK} width={SPAN} height="128" />
      <g className={styles.wave}>
        {WAVES.map(([x, y, length]) => (
          <path key={`${x}:${y}`} d={`M${x} ${y}h${length}`} />
        ))}
      </g>
    </svg>
  );
}

/** A parabola whose feet stand `overhang` outside the picture on both sides. */
function arch(overhang: number, rise: number): string {
  return `M${-overhang} ${DECK}Q${SPAN / 2} ${DECK - 2 * rise} ${SPAN + overhang} ${DECK}`;
}

function archHeight(x: number): number {
  const half = SPAN / 2 + 60;
  const share = (x - SPAN / 2) / half;
  return DECK - RISE * (1 - share * share);
}
