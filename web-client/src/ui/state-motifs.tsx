/**
 * What stands in the middle of a state's picture, one drawing for each state, around the point
 * (240, 70) of a plane of 480 × 150. Used by StatePicture alone.
 */
import type { ReactNode } from "react";

/** How grave a state is; decides the colour. */
export type NoticeKind = "info" | "ok" | "warn" | "danger";

export type StateMotif =
  | "waiting"
  | "early"
  | "refused"
  | "locked"
  | "full"
  | "removed"
  | "elsewhere"
  | "ended"
  | "left"
  | "unknown"
  | "offline"
  | "network"
  | "no_camera"
  | "no_microphone"
  | "no_devices"
  | "blocked"
  | "in_use"
  | "unplugged"
  | "insecure"
  | "cookies"
  | "browser"
  | "clock"
  | "crashed";

type Classes = Readonly<Record<string, string | undefined>>;

/** A person from the chest up, `x` is the middle, `y` the top of the head. */
function person(c: Classes, x: number, y: number, look: "full" | "faint" | "gold" = "full"): ReactNode {
  return (
    <g className={c[look]} key={`${x}:${y}`}>
      <circle cx={x} cy={y + 10} r="10" />
      <path d={`M${x - 17} ${y + 44}q0 -20 17 -20q17 0 17 20z`} />
    </g>
  );
}

/** The bar of a road sign from the lower left to the upper right. */
function barred(c: Classes, x = 240, y = 70, size = 34): ReactNode {
  const line = `M${x - size} ${y + size}L${x + size} ${y - size}`;
  return (
    <>
      <path className={c.barGap} d={line} />
      <path className={c.bar} d={line} />
    </>
  );
}

function door(c: Classes, inside: ReactNode): ReactNode {
  return (
    <>
      <path className={c.body} d="M206 118V40q0 -18 34 -18q34 0 34 18V118z" />
      {inside}
    </>
  );
}

function camera(c: Classes): ReactNode {
  return (
    <>
      <rect className={c.body} x="196" y="46" width="62" height="48" rx="8" />
      <path className={c.body} d="M258 62l26 -14v44l-26 -14z" />
      <circle className={c.full} cx="227" cy="70" r="10" />
    </>
  );
}

function microphone(c: Classes, x = 240): ReactNode {
  return (
    <>
      <rect className={c.body} x={x - 14} y="28" width="28" height="54" rx="14" />
      <path className={c.line} d={`M${x - 28} 66q0 28 28 28t28 -28M${x} 94v16M${x - 16} 112h32`} />
    </>
  );
}

function browserWindow(c: Classes): ReactNode {
  return (
    <>
      <rect className={c.body} x="184" y="26" width="112" height="88" rx="8" />
      <path className={c.line} d="M184 48h112" />
      <circle className={c.full} cx="196" cy="37" r="3.5" />
      <circle className={c.full} cx="208" cy="37" r="3.5" />
    </>
  );
}

function screen(c: Classes, x: number, look: "body" | "faint"): ReactNode {
  return (
    <>
      <rect className={c[look]} x={x} y="42" width="76" height="52" rx="6" />
      <path className={c.line} d={`M${x + 24} 110h28M${x + 38} 96v12`} />
    </>
  );
}

export const MOTIFS: Readonly<Record<StateMotif, (c: Classes) => ReactNode>> = {
  waiting: (c) => (
    <>
      {door(c, <circle className={c.full} cx="262" cy="76" r="4" />)}
      {person(c, 178, 74, "gold")}
      {person(c, 138, 74, "faint")}
      {person(c, 98, 74, "faint")}
    </>
  ),
  early: (c) => (
    <>
      {door(c, <circle className={c.full} cx="262" cy="76" r="4" />)}
      <circle className={c.gold} cx="302" cy="52" r="24" />
      <path className={c.line} d="M302 38v14l10 8" />
      {person(c, 168, 74, "faint")}
    </>
  ),
  refused: (c) => (
    <>
      {door(c, <circle className={c.full} cx="262" cy="76" r="4" />)}
      {person(c, 168, 74, "gold")}
      <path className={c.barGap} d="M200 92h78" />
      <path className={c.bar} d="M200 92h78" />
    </>
  ),
  locked: (c) => (
    <>
      <path className={c.line} d="M220 62V46q0 -20 20 -20t20 20v16" />
      <rect className={c.body} x="204" y="60" width="72" height="54" rx="8" />
      <circle className={c.full} cx="240" cy="82" r="7" />
      <path className={c.line} d="M240 86v12" />
    </>
  ),
  full: (c) => (
    <>
      {[196, 240, 284].map((x) => person(c, x, 26, "faint"))}
      {[174, 218, 262, 306].map((x) => person(c, x, 70))}
    </>
  ),
  removed: (c) => (
    <>
      {person(c, 240, 52, "gold")}
      <path className={c.bar} d="M229 38l22 -22M251 38l-22 -22" />
    </>
  ),
  elsewhere: (c) => (
    <>
      {screen(c, 142, "faint")}
      {screen(c, 262, "body")}
      <path className={c.line} d="M226 68h24M242 58l10 10l-10 10" />
      <circle className={c.gold} cx="300" cy="62" r="8" />
      <path className={c.gold} d="M286 88q0 -16 14 -16t14 16z" />
    </>
  ),
  ended: (c) => (
    <>
      <circle className={c.gold} cx="240" cy="112" r="34" />
      <path className={c.line} d="M240 54v12M192 72l8 9M288 72l-8 9M176 112h14M290 112h14" />
      <rect className={c.back} x="160" y="119" width="160" height="31" />
      <path className={c.water} d="M186 128h108M206 138h68" />
    </>
  ),
  left: (c) => (
    <>
      {door(c, <circle className={c.full} cx="214" cy="76" r="4" />)}
      {person(c, 330, 74, "gold")}
      <path className={c.line} d="M250 76h46M284 64l12 12l-12 12" />
    </>
  ),
  unknown: (c) => (
    <>
      <circle className={c.body} cx="240" cy="70" r="44" />
      <path className={c.line} d="M225 58q0 -16 15 -16t15 14q0 10 -15 16v8" />
      <circle className={c.full} cx="240" cy="94" r="4" />
    </>
  ),
  offline: (c) => (
    <>
      <path className={c.line} d="M196 62q44 -38 88 0M212 80q28 -24 56 0M226 97q14 -12 28 0" />
      {barred(c, 240, 74, 36)}
    </>
  ),
  network: (c) => (
    <>
      <path className={c.line} d="M180 31l20 14M300 31l-20 14" />
      <rect className={c.body} x="212" y="46" width="56" height="68" rx="6" />
      <path className={c.line} d="M212 68h56M212 92h56M240 46v22M226 68v24M254 68v24M240 92v22" />
    </>
  ),
  no_camera: (c) => (
    <>
      {camera(c)}
      {barred(c)}
    </>
  ),
  no_microphone: (c) => (
    <>
      {microphone(c)}
      {barred(c)}
    </>
  ),
  no_devices: (c) => (
    <>
      {screen(c, 202, "body")}
      {barred(c, 240, 68, 30)}
    </>
  ),
  blocked: (c) => (
    <>
      {browserWindow(c)}
      <circle className={c.line} cx="240" cy="81" r="21" />
      <path className={c.line} d="M226 96l28 -30" />
    </>
  ),
  in_use: (c) => (
    <>
      <rect className={c.faint} x="166" y="24" width="96" height="68" rx="8" />
      <rect className={c.body} x="216" y="48" width="96" height="68" rx="8" />
      <path className={c.line} d="M216 66h96" />
      <circle className={c.full} cx="264" cy="90" r="11" />
    </>
  ),
  unplugged: (c) => (
    <>
      <path className={c.line} d="M150 100q20 0 20 -20t20 -20h10M330 100q-20 0 -20 -20t-20 -20h-8" />
      <rect className={c.body} x="200" y="46" width="26" height="28" rx="5" />
      <path className={c.line} d="M226 54h10M226 66h10" />
      <rect className={c.body} x="256" y="44" width="26" height="32" rx="5" />
    </>
  ),
  insecure: (c) => (
    <>
      {browserWindow(c)}
      <path className={c.line} d="M228 78v-8q0 -12 12 -12q10 0 12 8" />
      <rect className={c.full} x="220" y="76" width="40" height="28" rx="5" />
    </>
  ),
  cookies: (c) => (
    <>
      <path className={c.body} d="M240 26a44 44 0 1 0 44 44q-14 2 -18 -8q-14 2 -16 -12q-14 -6 -10 -24z" />
      <circle className={c.full} cx="222" cy="60" r="6" />
      <circle className={c.full} cx="226" cy="90" r="6" />
      <circle className={c.full} cx="254" cy="86" r="6" />
      {barred(c)}
    </>
  ),
  browser: (c) => (
    <>
      {browserWindow(c)}
      <path className={c.line} d="M240 60v24" />
      <circle className={c.full} cx="240" cy="98" r="4" />
    </>
  ),
  clock: (c) => (
    <>
      <circle className={c.body} cx="240" cy="70" r="44" />
      <path className={c.line} d="M240 42v28l20 14" />
      <path className={c.faint} d="M240 70L240 26A44 44 0 0 1 282 58z" />
    </>
  ),
  crashed: (c) => (
    <>
      {browserWindow(c)}
      <path
        className={c.line}
        d="M222 66l10 10M232 66l-10 10M248 66l10 10M258 66l-10 10M222 100q18 -14 36 0"
      />
    </>
  ),
};
