/**
 * How loud a sound is, as a number between 0 and 1 for a meter. Called by `local-media.ts` for the
 * own microphone and by `subscriber.ts` for the voices. Goes past React: listeners set CSS variables.
 *
 * Voices are never listened to for this: an audio context costs a laptop without a graphics card
 * more than decoding a picture (three browsers on two cores: 18 pictures a second with one, 23
 * without), and the sender's own reading comes with every packet (RFC 6464).
 */

/**
 * How often a meter looks, in ms, and in how many steps it reads. Each change of a meter draws the
 * page anew, which costs a laptop without a graphics card more than decoding a picture does; eight
 * steps eight times a second still read as live.
 */
const METER_INTERVAL_MS = 125;
const METER_STEPS = 8;
/**
 * The same for voices, whose bars lie over tiles: each change composes the moving pictures below anew
 * (eight a second cost 8 % of a core and two to three pictures a second on two cores).
 */
export const VOICE_INTERVAL_MS = 250;
const VOICE_STEPS = 4;
/** Samples that one reading of the own microphone covers. */
const METER_SAMPLES = 1024;
/** A voice without packets for this long is silent: its sender transmits nothing in pauses. */
const SILENT_AFTER_MS = 500;

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

/** The nearest of the few steps that a meter shows. */
function inSteps(level: number, steps: number): number {
  return Math.round(level * steps) / steps;
}

/** Meter reading of a voice as its sender measured it; 0 when nothing came lately. */
export function voiceLevel(receiver: Pick<RTCRtpReceiver, "getSynchronizationSources">): number {
  const [source] = receiver.getSynchronizationSources();
  if (source?.audioLevel === undefined) return 0;
  // The timestamp is on the clock of `performance`, counted from its origin or from 1970.
  const age = Math.min(
    Math.abs(performance.now() - source.timestamp),
    Math.abs(performance.timeOrigin + performance.now() - source.timestamp),
  );
  return age > SILENT_AFTER_MS ? 0 : inSteps(meterLevel(source.audioLevel), VOICE_STEPS);
}

/** Calls `listener` with the level of the own `track` until the returned function is called. */
export function meterTrack(track: MediaStreamTrack, listener: (level: number) => void): () => void {
  const context = quietContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  const samples = new Float32Array(METER_SAMPLES);
  analyser.fftSize = samples.length;
  source.connect(analyser);
  let last = 0;
  const timer = setInterval(() => {
    // A page that was opened without a press starts with a suspended context.
    if (context.state === "suspended") void context.resume();
    analyser.getFloatTimeDomainData(samples);
    const level = inSteps(meterLevel(loudness(samples)), METER_STEPS);
    if (level !== last) listener(level);
    last = level;
  }, METER_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    source.disconnect();
    void context.close();
    listener(0);
  };
}

/** A context that plays nowhere, where the browser has such (Chromium 110), else an ordinary one. */
function quietContext(): AudioContext {
  try {
    return new AudioContext({ latencyHint: "playback", sinkId: { type: "none" } } as AudioContextOptions);
  } catch {
    return new AudioContext({ latencyHint: "playback" });
  }
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
