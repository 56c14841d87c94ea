/**
 * The mark of Điểm Cầu: a bridge whose piers are sites, the middle one lit.
 */
type BrandMarkProps = { size: number; isOnDark?: boolean };

export function BrandMark({ size, isOnDark = false }: BrandMarkProps) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect
        width="32"
        height="32"
        rx="7"
        style={{ fill: isOnDark ? "var(--art-mark)" : "var(--brand-blue)" }}
      />
      <g fill="none" strokeLinecap="round" style={{ stroke: "var(--brand-white)" }}>
        <path d="M5.8 21.4Q16 7.6 26.2 21.4" strokeWidth="2.2" />
        <path d="M11 16.4v5M16 14.6v6.8M21 16.4v5" strokeWidth="1.4" opacity="0.55" />
      </g>
      <g style={{ fill: "var(--brand-white)" }}>
        <circle cx="5.8" cy="21.4" r="2.8" />
        <circle cx="26.2" cy="21.4" r="2.8" />
      </g>
      <circle cx="16" cy="14.4" r="3.3" style={{ fill: "var(--brand-gold)" }} />
    </svg>
  );
}
