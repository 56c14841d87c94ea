/**
 * How loud a sound is, as a number between 0 and 1 for a meter. Called by `local-media.ts` for the
 * own microphone and by `subscriber.ts` for the voices. Goes past React: listeners set CSS variables.
 */

/**
 * How often a meter looks, in ms, and in how many steps it reads. Each change of a meter draws the
 * page anew, which costs a laptop without a graphics card more than decoding a picture does; eight
 * steps eight times a second still read as live.
 */
export const METER_INTERVAL_MS = 125;
const METER_STEPS = 8;

/** Loudness below which a meter shows nothing and above which it is full, in dB full scale. */
const SILENCE_DBFS = -60;
const FULL_DBFS = -12;

/** Meter reading of an amplitude between 0 and 1, on a scale of decibels as ears hear it. */
export function meterLevel(amplitude: number): number {
  if (!(amplitude > 0)) return 0;
  const dbfs = 20 * Math.log10(amplitude);
  return Math.min(1, Math.max(0, (dbfs - SILENCE_DBFS) / (FULL_DBFS - SILENCE_DBFS)));
}

/** Root mean square of samples between −1 and 1. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

/** Listens to tracks and says how loud each is now; one audio context for all of them. */
export class LevelTaps {
  readonly #taps = new Map<MediaStreamTrack, { source: AudioNode; analyser: AnalyserNode }>();
  readonly #samples = new Float32Array(1024);
  #context: AudioContext | null = null;

  /** Level 0–1 of `track` now; the first call begins to listen and reads 0. */
  level(track: MediaStreamTrack): number {
    this.#context ??= new AudioContext({ latencyHint: "interactive" });
    // A page that was opened without a press starts with a suspended context.
    if (this.#context.state === "suspended") void this.#context.resume();
    let tap = this.#taps.get(track);
    if (tap === undefined) {
      const source = this.#context.createMediaStreamSource(new MediaStream([track]));
      const analyser = this.#context.createAnalyser();
      analyser.fftSize = this.#samples.length;
      source.connect(analyser);
      tap = { source, analyser };
      this.#taps.set(track, tap);
    }
    tap.analyser.getFloatTimeDomainData(this.#samples);
    return Math.round(meterLevel(loudness(this.#samples)) * METER_STEPS) / METER_STEPS;
  }

  close(): void {
    for (const { source } of this.#taps.values()) source.disconnect();
    this.#taps.clear();
    void this.#context?.close();
    this.#context = null;
  }
}

/** Calls `listener` with the level of `track` until the returned function is called. */
export function meterTrack(track: MediaStreamTrack, listener: (level: number) => void): () => void {
  const taps = new LevelTaps();
  let last = 0;
  const timer = setInterval(() => {
    const level = taps.level(track);
    if (level !== last) listener(level);
    last = level;
  }, METER_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    taps.close();
    listener(0);
  };
}

/** Plays a soft tone of 0.6 s on `speakerId` ("" is the system's speaker). */
export async function playTone(speakerId: string): Promise<void> {
  const context = new AudioContext();
  const output = context.createMediaStreamDestination();
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, context.currentTime);
  gain.gain.linearRampToValueAtTime(0.25, context.currentTime + 0.05);
  gain.gain.linearRampToValueAtTime(0, context.currentTime + 0.6);
  const tone = context.createOscillator();
  tone.frequency.value = 523.25;
  tone.connect(gain).connect(output);
  const element = new Audio();
  element.srcObject = output.stream;
  try {
    if (speakerId !== "" && "setSinkId" in element) await element.setSinkId(speakerId);
    await element.play();
    const ended = new Promise((done) => tone.addEventListener("ended", done, { once: true }));
    tone.start();
    tone.stop(context.currentTime + 0.6);
    await ended;
  } finally {
    element.srcObject = null;
    await context.close();
  }
}
