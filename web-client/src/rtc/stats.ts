/**
 * Figures of one media connection out of the browser's statistics: pure functions from a report and
 * the sample before it to a sample. Called by `media-session.ts` every second; read by diagnostics.
 */

/** One received slot over the time since the sample before. */
export interface InboundSample {
  mid: string;
  kind: "audio" | "video";
  /** As the browser names it, e.g. `video/H264`; empty before the first packet. */
  codec: string;
  /** Pictures decoded since the slot's first one. */
  framesDecoded: number;
  /** Pictures decoded per second since the sample before. */
  fps: number;
  width: number;
  height: number;
  /** Freezes since the connection began, as the browser counts them: an emptied slot counts too. */
  freezeCount: number;
  freezeTotalMs: number;
  /** Mean length of the freezes since the sample before, in ms; 0 without one. */
  freezeMs: number;
  packetsReceived: number;
  packetsLost: number;
  /** Lost since the sample before, as a share 0–1. */
  loss: number;
  jitterMs: number;
  audioEnergy: number;
  nacks: number;
  plis: number;
}

/** One sent layer or sound. */
export interface OutboundSample {
  mid: string;
  rid: string;
  kind: "audio" | "video";
  codec: string;
  fps: number;
  width: number;
  height: number;
  packetsSent: number;
  bytesSent: number;
  bitrateBps: number;
  /** `none`, `cpu`, `bandwidth` or `other`. */
  limitedBy: string;
}

export interface MediaSample {
  /** Milliseconds on the report's own clock. */
  atMs: number;
  srtpCipher: string;
  dtlsCipher: string;
  tlsVersion: string;
  dtlsState: string;
  remoteAddress: string;
  remotePort: number;
  protocol: string;
  /** `host`, `prflx`, or `relay` through TURN; of our own side. */
  localType: string;
  /** What leads to TURN: `udp`, `tcp` or `tls`; empty without a relay. */
  relayProtocol: string;
  rttMs: number;
  availableOutgoingBps: number;
  bytesReceived: number;
  bytesSent: number;
  /** Grows as long as anything at all comes from the server: media, reports, answers to checks. */
  signsOfLife: number;
  inbound: readonly InboundSample[];
  outbound: readonly OutboundSample[];
}

type Stat = Record<string, unknown>;

/** The sample of `report`, with rates since `before`. */
export function sampleOf(
  report: Iterable<readonly [string, unknown]>,
  before: MediaSample | null,
): MediaSample {
  const byId = new Map<string, Stat>();
  for (const [id, stat] of report) if (isRecord(stat)) byId.set(id, stat);
  const all = [...byId.values()];
  const transport = all.find((stat) => stat.type === "transport");
  const pair = byId.get(text(transport?.selectedCandidatePairId)) ?? selectedPair(all);
  const remote = byId.get(text(pair?.remoteCandidateId));
  const local = byId.get(text(pair?.localCandidateId));
  const atMs = number(transport?.timestamp ?? all[0]?.timestamp);
  const elapsedS = before === null ? 0 : Math.max(0.001, (atMs - before.atMs) / 1000);
  const of = (type: string) => all.filter((stat) => stat.type === type && text(stat.mid) !== "");
  const inbound = of("inbound-rtp").map((stat) => inboundOf(stat, byId, before, elapsedS));
  const bytesReceived = number(transport?.bytesReceived ?? pair?.bytesReceived);
  return {
    atMs,
    srtpCipher: text(transport?.srtpCipher),
    dtlsCipher: text(transport?.dtlsCipher),
    tlsVersion: text(transport?.tlsVersion),
    dtlsState: text(transport?.dtlsState),
    remoteAddress: text(remote?.address),
    remotePort: number(remote?.port),
    protocol: text(remote?.protocol),
    localType: text(local?.candidateType),
    relayProtocol: text(local?.relayProtocol),
    rttMs: number(pair?.currentRoundTripTime) * 1000,
    availableOutgoingBps: number(pair?.availableOutgoingBitrate),
    bytesReceived,
    bytesSent: number(transport?.bytesSent ?? pair?.bytesSent),
    signsOfLife: bytesReceived + number(pair?.responsesReceived) + number(transport?.packetsReceived),
    inbound,
    outbound: of("outbound-rtp").map((stat) => outboundOf(stat, byId, before, elapsedS)),
  };
}

function inboundOf(
  stat: Stat,
  byId: ReadonlyMap<string, Stat>,
  before: MediaSample | null,
  elapsedS: number,
): InboundSample {
  const mid = text(stat.mid);
  const old = before?.inbound.find((one) => one.mid === mid);
  const framesDecoded = number(stat.framesDecoded);
  const freezeCount = number(stat.freezeCount);
  const freezeTotalMs = number(stat.totalFreezesDuration) * 1000;
  const packetsReceived = number(stat.packetsReceived);
  const packetsLost = number(stat.packetsLost);
  const freezes = freezeCount - (old?.freezeCount ?? 0);
  const lost = Math.max(0, packetsLost - (old?.packetsLost ?? 0));
  const received = Math.max(0, packetsReceived - (old?.packetsReceived ?? 0));
  return {
    mid,
    kind: stat.kind === "audio" ? "audio" : "video",
    codec: text(byId.get(text(stat.codecId))?.mimeType),
    framesDecoded,
    fps: elapsedS === 0 ? 0 : Math.max(0, framesDecoded - (old?.framesDecoded ?? 0)) / elapsedS,
    width: number(stat.frameWidth),
    height: number(stat.frameHeight),
    freezeCount,
    freezeTotalMs,
    freezeMs: freezes > 0 ? (freezeTotalMs - (old?.freezeTotalMs ?? 0)) / freezes : 0,
    packetsReceived,
    packetsLost,
    loss: lost + received === 0 ? 0 : lost / (lost + received),
    jitterMs: number(stat.jitter) * 1000,
    audioEnergy: number(stat.totalAudioEnergy),
    nacks: number(stat.nackCount),
    plis: number(stat.pliCount),
  };
}

function outboundOf(
  stat: Stat,
  byId: ReadonlyMap<string, Stat>,
  before: MediaSample | null,
  elapsedS: number,
): OutboundSample {
  const mid = text(stat.mid);
  const rid = text(stat.rid);
  const bytesSent = number(stat.bytesSent);
  const old = before?.outbound.find((one) => one.mid === mid && one.rid === rid);
  return {
    mid,
    rid,
    kind: stat.kind === "audio" ? "audio" : "video",
    codec: text(byId.get(text(stat.codecId))?.mimeType),
    fps: number(stat.framesPerSecond),
    width: number(stat.frameWidth),
    height: number(stat.frameHeight),
    packetsSent: number(stat.packetsSent),
    bitrateBps: elapsedS === 0 ? 0 : (Math.max(0, bytesSent - (old?.bytesSent ?? 0)) * 8) / elapsedS,
    limitedBy: text(stat.qualityLimitationReason),
    bytesSent,
  };
}

/** Firefox names no selected pair on the transport. */
function selectedPair(all: readonly Stat[]): Stat | undefined {
  return all.find(
    (stat) =>
      stat.type === "candidate-pair" &&
      stat.state === "succeeded" &&
      (stat.selected ?? stat.nominated) === true,
  );
}

function isRecord(value: unknown): value is Stat {
  return typeof value === "object" && value !== null;
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
