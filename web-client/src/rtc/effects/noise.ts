/**
 * Strong noise suppression over a microphone: sound goes through RNNoise in an AudioWorklet. Fetched
 * by `effect.ts` when first switched on. The microphone stays with its owner, who has switched the
 * browser's own suppression off for it.
 */
import { NoiseSuppressorWorklet_Name } from "@timephy/rnnoise-wasm";
import { type Effect, EffectFailure, type EffectTrouble } from "./effect";
import workletUrl from "./noise-worklet?worker&url";
import { isSoundSlow, Patience } from "./pace";

/** What RNNoise was taught with. */
const SAMPLES_PER_S = 48_000;
/** How often it is looked whether the sound keeps up, in ms. */
const READING_MS = 1000;

export async function startNoise(
  source: MediaStreamTrack,
  onTrouble: (trouble: EffectTrouble) => void,
): Promise<Effect> {
  if (!("AudioWorkletNode" in globalThis)) throw new EffectFailure("unsupported", "no AudioWorklet");
  const { context, input } = tapped(source);
  try {
    await context.audioWorklet.addModule(workletUrl);
    const filter = new AudioWorkletNode(context, NoiseSuppressorWorklet_Name, {
      channelCount: 1,
      channelCountMode: "explicit",
      outputChannelCount: [1],
    });
    const output = context.createMediaStreamDestination();
    input.connect(filter).connect(output);
    const [track] = output.stream.getAudioTracks();
    if (track === undefined) throw new EffectFailure("unsupported", "no sound track");
    track.contentHint = "speech";
    // A page that was opened without a press gets its sound with the first press.
    await context.resume();
    const stopWatch = watch(context, onTrouble);
    filter.addEventListener("processorerror", () => onTrouble("failed"), { once: true });
    return {
      track,
      stop() {
        stopWatch();
        track.stop();
        input.disconnect();
        void context.close();
      },
    };
  } catch (thrown) {
    void context.close();
    throw thrown instanceof EffectFailure ? thrown : new EffectFailure("failed", String(thrown));
  }
}

/** Tells when less sound comes out than time goes by. */
function watch(context: AudioContext, onTrouble: (trouble: EffectTrouble) => void): () => void {
  const patience = new Patience();
  let [sound, time] = [context.currentTime, performance.now()];
  const timer = setInterval(() => {
    const reading = {
      soundMs: (context.currentTime - sound) * 1000,
      spanMs: performance.now() - time,
    };
    [sound, time] = [context.currentTime, performance.now()];
    // A context that the system has stopped (a call on a phone) is not slow.
    if (!patience.isOver(context.state === "running" && isSoundSlow(reading))) return;
    clearInterval(timer);
    onTrouble("too_slow");
  }, READING_MS);
  return () => clearInterval(timer);
}

/** A context that plays nowhere, at RNNoise's rate where the browser allows it for this microphone. */
function tapped(source: MediaStreamTrack): { context: AudioContext; input: MediaStreamAudioSourceNode } {
  const stream = new MediaStream([source]);
  for (const options of [
    { latencyHint: "interactive", sampleRate: SAMPLES_PER_S, sinkId: { type: "none" } },
    { latencyHint: "interactive", sampleRate: SAMPLES_PER_S },
    // Firefox connects a microphone only to a context of the same rate.
    { latencyHint: "interactive" },
  ]) {
    let context: AudioContext | null = null;
    try {
      context = new AudioContext(options as AudioContextOptions);
      return { context, input: context.createMediaStreamSource(stream) };
    } catch {
      void context?.close();
    }
  }
  throw new EffectFailure("unsupported", "no sound context takes this microphone");
}
