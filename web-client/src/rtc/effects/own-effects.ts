/**
 * Which effects the person wants over the own devices, and the effect over each open device. Called
 * by `local-media.ts`, which opens and stops the devices. An effect that cannot go on is switched off
 * with its reason; the device goes on without it. Never throws for an effect.
 */
import { EFFECTS, type Effect, EffectFailure, type EffectKind, type EffectTrouble } from "./effect";

/** What this browser remembers: an effect that was too slow here is not started again by itself. */
export type EffectWish = "off" | "on" | "too_slow";

export interface EffectState {
  isOn: boolean;
  /** Being fetched or started. */
  isStarting: boolean;
  /** Why it is off although it was wanted. */
  trouble: EffectTrouble | null;
}

export type EffectStates = Readonly<Record<EffectKind, EffectState>>;

/** Where the wishes are kept. */
export interface RememberedEffects {
  wishes: Readonly<Record<EffectKind, EffectWish>>;
  remember(wishes: Readonly<Record<EffectKind, EffectWish>>): void;
}

/** One open device: its own track, and the effect over it. */
export class Dressed {
  readonly source: MediaStreamTrack;
  #effect: Effect | null = null;
  #isStopped = false;

  constructor(source: MediaStreamTrack) {
    this.source = source;
  }

  /** What is shown and sent. */
  get track(): MediaStreamTrack {
    return this.#effect?.track ?? this.source;
  }

  get hasEffect(): boolean {
    return this.#effect !== null;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  put(effect: Effect): void {
    this.#effect = effect;
  }

  /** Takes the effect off; it must be stopped when its track is no longer shown or sent. */
  bare(): Effect | null {
    const effect = this.#effect;
    this.#effect = null;
    return effect;
  }

  stop(): void {
    this.#isStopped = true;
    this.bare()?.stop();
    this.source.stop();
  }
}

export interface OwnEffectsEvents {
  onStates(states: EffectStates): void;
  /** A running effect gave up; it is off already and stands bare after this. */
  onGaveUp(kind: EffectKind, dressed: Dressed): void;
}

const OFF: EffectState = { isOn: false, isStarting: false, trouble: null };

export class OwnEffects {
  readonly #memory: RememberedEffects | undefined;
  readonly #events: OwnEffectsEvents;
  readonly #start: typeof EFFECTS;
  #states: EffectStates;
  /** Number of the newest request per effect: an older one that starts late is thrown away. */
  readonly #newest: Record<EffectKind, number> = { blur: 0, noise: 0 };

  constructor(memory: RememberedEffects | undefined, events: OwnEffectsEvents, start = EFFECTS) {
    this.#memory = memory;
    this.#events = events;
    this.#start = start;
    this.#states = { blur: remembered(memory?.wishes.blur), noise: remembered(memory?.wishes.noise) };
  }

  get states(): EffectStates {
    return this.#states;
  }

  isOn(kind: EffectKind): boolean {
    return this.#states[kind].isOn;
  }

  /** What the person wants from now on; `dress` carries it out. */
  wish(kind: EffectKind, isOn: boolean): void {
    this.#newest[kind] += 1;
    this.#change(kind, { isOn, isStarting: false, trouble: null });
    this.#remember();
  }

  /** Puts the wanted effect over the device, or leaves it as it is with the reason in the states. */
  async dress(kind: EffectKind, dressed: Dressed): Promise<void> {
    if (!this.isOn(kind) || dressed.hasEffect) return;
    this.#newest[kind] += 1;
    const request = this.#newest[kind];
    this.#change(kind, { ...this.#states[kind], isStarting: true });
    const isStale = () => {
      if (request !== this.#newest[kind]) return true;
      if (dressed.isStopped) this.#change(kind, { ...this.#states[kind], isStarting: false });
      return dressed.isStopped;
    };
    try {
      const effect = await this.#start[kind](dressed.source, (trouble) => {
        if (!dressed.hasEffect || dressed.isStopped) return;
        this.#giveUp(kind, trouble);
        this.#events.onGaveUp(kind, dressed);
      });
      if (isStale()) {
        effect.stop();
        return;
      }
      dressed.put(effect);
      this.#change(kind, { isOn: true, isStarting: false, trouble: null });
    } catch (thrown) {
      if (isStale()) return;
      this.#giveUp(kind, thrown instanceof EffectFailure ? thrown.trouble : "failed");
    }
  }

  #giveUp(kind: EffectKind, trouble: EffectTrouble): void {
    this.#change(kind, { isOn: false, isStarting: false, trouble });
    this.#remember();
  }

  #change(kind: EffectKind, state: EffectState): void {
    this.#states = { ...this.#states, [kind]: state };
    this.#events.onStates(this.#states);
  }

  #remember(): void {
    this.#memory?.remember({ blur: wishOf(this.#states.blur), noise: wishOf(this.#states.noise) });
  }
}

function remembered(wish: EffectWish = "off"): EffectState {
  return { ...OFF, isOn: wish === "on", trouble: wish === "too_slow" ? "too_slow" : null };
}

function wishOf(state: EffectState): EffectWish {
  if (state.isOn) return "on";
  return state.trouble === "too_slow" ? "too_slow" : "off";
}
