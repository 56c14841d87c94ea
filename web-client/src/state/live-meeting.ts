/**
 * A real meeting: wires the connection, the media session, the own devices and the store together.
 * Called once per seat by the conference page. Decides nothing itself; every rule lives in one of
 * the parts.
 */
import type { Refusal } from "../protocol/error-codes";
import {
  COMPOSED,
  type ConferenceId,
  type Delta,
  type ServerMessage,
  type Volatile,
  type Wish,
} from "../protocol/generated";
import { HttpError, lobby, socketUrl } from "../protocol/http";
import { TileWatch } from "../rtc/adaptive";
import { Connection, type ConnectionEvents, type Socket } from "../rtc/connection";
import { createLocalMedia, type LocalMedia } from "../rtc/local-media";
import { MediaSession } from "../rtc/media-session";
import { openWebSocket } from "../rtc/packed-socket";
import { type Announcer, createAnnouncer } from "./announcer";
import { createCommands } from "./commands";
import { DiagnosticsLedger, type DiagnosticsSnapshot } from "./diagnostics";
import type { Meeting } from "./meeting";
import { fromSnapshot, withDelta, withSlots, withVolatile } from "./meeting-reducer";
import { createMeetingStore, emptyMeeting, slotKey } from "./meeting-store";
import { noticesOf, tellLostEffects, tellNotices } from "./notices";
import { OwnMediaSync } from "./own-media";
import type { SettingsStore } from "./settings-store";
import { createToasts, type Toasts } from "./toasts";

/** How often the ledger of diagnostics takes the newest sample, in ms. */
const LEDGER_MS = 1000;

export interface LiveMeetingOptions {
  conference: ConferenceId;
  settings: SettingsStore;
  /** Shared with the rest of the page when given. */
  toasts?: Toasts;
  announcer?: Announcer;
  local?: LocalMedia;
  /** Opens the socket to the conference; replaced in tests. */
  openSocket?: () => Socket;
}

/** A meeting that is joined by `commands.join()` and may be joined again after a refusal. */
export function createLiveMeeting(options: LiveMeetingOptions): Meeting {
  const { conference, settings } = options;
  const store = createMeetingStore();
  const toasts = options.toasts ?? createToasts();
  const announcer = options.announcer ?? createAnnouncer();
  const local = options.local ?? createLocalMedia(rememberedDevices(settings));
  const ledger = new DiagnosticsLedger();
  let connection: Connection | null = null;
  let rttMs = 0;

  const media = new MediaSession(local.store.getState().chosen.speaker, {
    tell: (request) => connection?.tell(request) ?? false,
    onState: (state) => {
      if (store.getState().media !== state) store.setState({ media: state });
    },
    onSlots: (slots, trackByMid) => store.setState(withSlots(store.getState(), slots, trackByMid)),
    onSound: (isSoundBlocked) => store.setState({ isSoundBlocked }),
    onStep: (step) => ledger.reached(step, performance.now()),
  });
  const tiles = new TileWatch((wishes) => media.wish(withSound(wishes)));
  const request: Connection["request"] = (message) =>
    connection?.request(message) ?? Promise.resolve({ ok: false, refusal: { error: "connection_lost" } });
  const own = new OwnMediaSync({ store, local, toasts, request, send: (tracks) => media.send(tracks) });

  const endMedia = () => {
    media.close();
    tiles.close();
    own.close();
    local.close();
    clearInterval(ledgerTimer);
    unsubscribeSpeaker();
  };

  const onDelta = (delta: Delta) => {
    const before = store.getState();
    store.setState(withDelta(before, delta));
    tellNotices(noticesOf(before, delta), { toasts, announcer });
    const self = before.you?.participant;
    const was = self === undefined ? undefined : before.participants.get(self);
    if (was !== undefined && store.getState().participants.get(was.id) !== was) own.serverChanged(was);
  };

  const onReliable = (message: ServerMessage) => {
    switch (message.type) {
      case "welcome":
        store.setState(fromSnapshot(message.you, message.conference));
        ledger.reached("welcome", performance.now());
        return;
      case "waiting":
        store.setState({ phase: "waiting", waitingPlace: message.place });
        return;
      case "delta":
        onDelta(message.delta);
        return;
      case "ended":
        store.setState({ phase: "ended", ended: { reason: message.reason, by: message.by } });
        endMedia();
    }
  };

  const onVolatile = (message: Volatile) => {
    const part = withVolatile(store.getState(), message);
    if (Object.keys(part).length > 0) store.setState(part);
    media.handle(message);
  };

  const events: ConnectionEvents = {
    onState(state, attempt, sinceMs) {
      const before = store.getState().connection.state;
      store.setState({ connection: { state, attempt, sinceMs } });
      if (state === "reconnecting" && before === "open") announcer.assertive("connection_lost");
      if (state === "open" && before === "reconnecting") {
        announcer.assertive("connection_back");
        toasts.show("reconnected");
      }
    },
    onReliable,
    onVolatile,
    onReady(how) {
      if (how === "waiting") return;
      media.signallingReady(how === "welcome");
      own.serverReady();
    },
    onRefused(refusal) {
      const { phase } = store.getState();
      // The way back in stays open: the lobby is shown with the reason, devices stay as they are.
      media.reset();
      store.setState({ phase: phase === "ended" ? "ended" : "refused", refusal });
    },
    onToldRefused: (told, refusal) => media.refused(told, refusal.error),
    onClock(clock) {
      if (Number.isFinite(clock.rttMs)) rttMs = clock.rttMs;
      const clockOffsetMs = Math.round(clock.offsetMs);
      if (store.getState().clockOffsetMs !== clockOffsetMs) store.setState({ clockOffsetMs });
    },
  };

  const join = (moves = false) => {
    const { phase } = store.getState();
    if (phase !== "idle" && phase !== "refused") return;
    store.setState({ ...emptyMeeting(), phase: "joining" });
    own.beginFromLobby();
    ledger.pressed(performance.now());
    connection = new Connection({
      openSocket: options.openSocket ?? (() => openWebSocket(socketUrl(conference, location))),
      media: () => {
        const { microphone, camera } = store.getState().own;
        return { microphone, camera };
      },
      admission: () => admission(conference),
      moves,
      events,
    });
    connection.start();
  };

  const leave = async () => {
    // The socket sends what it holds before it closes.
    connection?.tell({ type: "leave" });
    connection?.close();
    store.setState({ phase: "ended", ended: { reason: "left", by: null } });
    endMedia();
  };

  const unsubscribeSpeaker = local.store.subscribe((state, before) => {
    if (state.chosen.speaker !== before.chosen.speaker) media.setSpeaker(state.chosen.speaker);
    if (store.getState().phase === "in") tellLostEffects(before.effects, state.effects, toasts);
  });
  const ledgerTimer = setInterval(() => {
    if (media.sample !== null) ledger.add(media.sample, media.slots);
    ledger.keep(store.getState().participants);
  }, LEDGER_MS);

  const snapshot = (): DiagnosticsSnapshot => {
    const state = store.getState();
    const { sample, slots, counts } = media;
    const noCounts = { seq: 0, reconnects: 0, unknownMessages: 0, garbage: 0, gaps: 0, duplicates: 0 };
    return {
      atMs: Date.now(),
      phase: state.phase,
      you: state.you?.participant ?? null,
      connection: {
        ...state.connection,
        ...(connection?.counts ?? noCounts),
        rttMs,
        clockOffsetMs: state.clockOffsetMs,
      },
      media: {
        state: state.media,
        leg: counts.leg,
        legsOpened: counts.legsOpened,
        iceRestarts: counts.iceRestarts,
        transport: sample,
      },
      join: ledger.join,
      pictures: ledger.pictures(sample, slots),
      voices: ledger.voices,
      outbound: sample?.outbound ?? [],
      speakers: state.speakers.map((speaker) => speaker.participant),
    };
  };
  if (typeof window !== "undefined") window.__diemcau = { version: 1, snapshot };

  return {
    conference,
    store,
    local,
    toasts,
    announcer,
    commands: createCommands({
      store,
      toasts,
      own,
      request,
      join,
      leave,
      unblockSound: () => media.unblockSound(),
      reconnectNow: () => connection?.reconnectNow(),
    }),
    watchTile: (element, participant, source, importance = 0) =>
      tiles.watch(element, { participant, source, importance }),
    onLevel(owner, listener) {
      if (owner === "self") return local.onLevel(listener);
      const key = slotKey(owner, "microphone");
      return media.onSlotLevel(() => store.getState().slots.get(key), listener);
    },
    close() {
      connection?.close();
      endMedia();
    },
  };
}

/** With the composed picture comes the sound that is mixed for it, once there is some; alone, as long as it is asked for. */
function withSound(wishes: readonly Wish[]): Wish[] {
  const composed = wishes.find(({ participant }) => participant === COMPOSED);
  const isAlone = composed !== undefined && wishes.length === 1;
  return isAlone ? [composed, { ...composed, source: "microphone" }] : [...wishes];
}

/** Whether the conference still lets the person in; asked when the socket keeps failing. */
async function admission(conference: ConferenceId): Promise<Refusal | null> {
  try {
    const door = await lobby(conference);
    if (door.you === null) return { error: "not_signed_in" };
    return door.ended ? { error: "conference_ended" } : null;
  } catch (thrown) {
    const gone = thrown instanceof HttpError && thrown.refusal.error === "no_such_conference";
    return gone ? { error: "conference_ended" } : null;
  }
}

function rememberedDevices(settings: SettingsStore) {
  return {
    chosen: settings.store.getState().devices,
    remember: (devices: ReturnType<typeof settings.store.getState>["devices"]) =>
      settings.change({ devices }),
    effects: {
      wishes: settings.store.getState().effects,
      remember: (effects: ReturnType<typeof settings.store.getState>["effects"]) =>
        settings.change({ effects }),
    },
  };
}
