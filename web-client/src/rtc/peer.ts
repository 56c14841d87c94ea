/**
 * One media connection (leg): answers the server's offers, carries what is sent and received, tells
 * how it fares. Used by `media-session.ts`. The server always offers; an offer for the same leg is
 * an ICE restart. Must not decide to reconnect: it only reports.
 */
import type { LegId, Relay } from "../protocol/generated";
import { type OwnTracks, Publisher } from "./publisher";
import { iceServers } from "./relay";
import { readableOffer, stereoAnswer } from "./sdp";
import { Subscriber } from "./subscriber";

const CONFIGURATION: RTCConfiguration = { bundlePolicy: "max-bundle" };

export interface PeerEvents {
  onState(state: RTCPeerConnectionState): void;
  onSound(isBlocked: boolean): void;
}

export class Peer {
  readonly leg: LegId;
  readonly publisher = new Publisher();
  readonly subscriber: Subscriber;
  readonly #connection: RTCPeerConnection;
  /** Offers are answered one after the other, in the order they came. */
  #work: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(leg: LegId, speakerId: string, events: PeerEvents) {
    this.leg = leg;
    this.#connection = new RTCPeerConnection(CONFIGURATION);
    this.subscriber = new Subscriber(speakerId, (isBlocked) => {
      if (!this.#isClosed) events.onSound(isBlocked);
    });
    this.#connection.addEventListener("connectionstatechange", () => {
      if (!this.#isClosed) events.onState(this.#connection.connectionState);
    });
  }

  get state(): RTCPeerConnectionState {
    return this.#connection.connectionState;
  }

  /** The answer to `offer`, sending `tracks`; null when the peer was closed meanwhile. `relay` came with it. */
  answer(offer: string, tracks: OwnTracks, relay?: Relay): Promise<string | null> {
    const answered = this.#work.then(async () => {
      if (this.#isClosed) return null;
      const connection = this.#connection;
      // Credentials are short-lived: an ICE restart looks for ways with new ones.
      connection.setConfiguration({ ...CONFIGURATION, iceServers: iceServers(relay) });
      await connection.setRemoteDescription({ type: "offer", sdp: readableOffer(offer) });
      await this.publisher.prepare(connection.getTransceivers());
      await this.publisher.send(tracks);
      const answer = await connection.createAnswer();
      // A browser that insists on its own text plays the screen's sound in mono.
      await connection
        .setLocalDescription({ type: "answer", sdp: stereoAnswer(answer.sdp ?? "") })
        .catch(() => connection.setLocalDescription(answer));
      void this.publisher.answered();
      this.subscriber.take(connection.getTransceivers());
      return connection.localDescription?.sdp ?? null;
    });
    this.#work = answered.catch(() => undefined);
    return answered;
  }

  stats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  /** Mids and tracks of everything received, for statistics. */
  receivers(): readonly { mid: string | null; track: MediaStreamTrack }[] {
    return this.#connection.getTransceivers().map(({ mid, receiver }) => ({ mid, track: receiver.track }));
  }

  close(): void {
    this.#isClosed = true;
    this.subscriber.close();
    this.#connection.close();
  }
}
