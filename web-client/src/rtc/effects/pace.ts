/**
 * Whether this machine is quick enough for an effect. Pure: readings in, a judgement out. Called by
 * `blur.ts` and `noise.ts` once a second; knows no clock.
 */

/** What the blur did in one stretch of time. */
export interface PictureReading {
  pictures: number;
  /** Time spent on them, in ms. */
  busyMs: number;
  /** Length of the stretch, in ms. */
  spanMs: number;
  /** Pictures a second that the camera promises. */
  cameraPerS: number;
}

/** What the noise suppression did in one stretch of time. */
export interface SoundReading {
  /** Sound that was worked through, in ms. */
  soundMs: number;
  /** Length of the stretch, in ms. */
  spanMs: number;
}

/** Fewer pictures a second than this look broken. */
const LEAST_PICTURES_PER_S = 15;
/** Above this share of its time a worker is held up by its own work, not by a dark room's camera. */
const BUSY_SHARE = 0.6;
/** Sound that falls behind by more than a tenth is heard as gaps. */
const LEAST_SOUND_SHARE = 0.9;
/** A stretch longer than this, in ms, says that the machine slept, not that it is slow. */
const LONGEST_SPAN_MS = 5000;

export function isPictureSlow({ pictures, busyMs, spanMs, cameraPerS }: PictureReading): boolean {
  if (spanMs > LONGEST_SPAN_MS) return false;
  if (pictures === 0) return busyMs >= spanMs * BUSY_SHARE;
  if (busyMs / pictures > 1000 / LEAST_PICTURES_PER_S) return true;
  const isBusy = busyMs >= spanMs * BUSY_SHARE;
  return isBusy && (pictures * 1000) / spanMs < cameraPerS / 2;
}

export function isSoundSlow({ soundMs, spanMs }: SoundReading): boolean {
  return spanMs <= LONGEST_SPAN_MS && soundMs < spanMs * LEAST_SOUND_SHARE;
}

/** Readings at the start that do not count: programs are still being compiled. */
const GRACE_READINGS = 2;
/** Slow readings in a row after which an effect is given up. */
const SLOW_READINGS = 3;

/** Gives up only on what is slow for long: a moment's load must not switch anything off. */
export class Patience {
  #seen = 0;
  #slow = 0;

  /** Takes the next reading; true when it is time to give up. */
  isOver(isSlow: boolean): boolean {
    this.#seen += 1;
    if (this.#seen <= GRACE_READINGS) return false;
    this.#slow = isSlow ? this.#slow + 1 : 0;
    return this.#slow >= SLOW_READINGS;
  }
}
