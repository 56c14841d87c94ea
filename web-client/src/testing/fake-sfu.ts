/**
 * A media server made of a second peer connection in the same browser: it offers the real pool of
 * m-lines and plays one picture and one voice into it. For browser tests of the media session.
 */
import { fakeCamera } from "./fake-media";
import { fakeOffer } from "./fake-offer";

/** A tone of `hertz`, louder and softer like speech. */
function fakeVoice(hertz: number): MediaStreamTrack {
  const context = new AudioContext();
  const tone = context.createOscillator();
  tone.frequency.value = hertz;
  const output = context.createMediaStreamDestination();
  tone.connect(output);
  tone.start();
  const [track] = output.stream.getAudioTracks();
  if (track === undefined) throw new Error("this browser makes no sound");
  return track;
}

export class FakeSfu {
  readonly #connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  readonly #tracks = [fakeCamera(3), fakeVoice(440)];

  /**
   * The offer to send to the client. A browser numbers its own m-lines; only by first answering an
   * offer with our names does it come to offer with them.
   */
  async offer(): Promise<string> {
    const connection = this.#connection;
    const seed = fakeOffer()
      // The client answers the real offer as "active"; the roles of DTLS must not change in between.
      .replace(/^a=setup:actpass/gm, "a=setup:active")
      .replace(/^a=ice-lite\r\n/m, "")
      .replace(/^a=(rid|simulcast|ssrc|ssrc-group|msid):.*\r\n/gm, "")
      .replace(/^a=(recvonly|sendonly)/gm, (line) => (line === "a=recvonly" ? "a=sendonly" : "a=recvonly"));
    await connection.setRemoteDescription({ type: "offer", sdp: seed });
    for (const transceiver of connection.getTransceivers()) {
      if (!/\d$/.test(transceiver.mid ?? "")) continue;
      transceiver.direction = "sendonly";
      if (transceiver.mid === "v0") await transceiver.sender.replaceTrack(this.#tracks[0] ?? null);
      if (transceiver.mid === "a0") await transceiver.sender.replaceTrack(this.#tracks[1] ?? null);
    }
    await connection.setLocalDescription(await connection.createAnswer());
    // Candidates of the first description must not be mistaken for those of the second.
    await this.#gathered();
    await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }));
    await this.#gathered();
    return connection.localDescription?.sdp ?? "";
  }

  #gathered(): Promise<void> {
    const connection = this.#connection;
    return new Promise((done) => {
      const look = () => {
        const isWhole = connection.iceGatheringState === "complete";
        if (isWhole && connection.localDescription?.sdp.includes(" typ host")) done();
      };
      connection.addEventListener("icecandidate", look);
      connection.addEventListener("icegatheringstatechange", look);
      look();
    });
  }

  async take(answer: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: "answer", sdp: answer });
  }

  /** Pictures and sound packets that have come from the client, by mid. */
  async received(): Promise<Map<string, number>> {
    const report = (await this.#connection.getStats()) as unknown as Map<string, Record<string, unknown>>;
    const counts = new Map<string, number>();
    for (const stat of report.values()) {
      if (stat.type !== "inbound-rtp") continue;
      counts.set(String(stat.mid), Number(stat.framesDecoded ?? stat.packetsReceived ?? 0));
    }
    return counts;
  }

  close(): void {
    for (const track of this.#tracks) track.stop();
    this.#connection.close();
  }
}
