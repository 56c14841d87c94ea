/**
 * Figures of a conference without a server: connections of every kind, the same each time. Called by
 * fake-server.ts; never part of the product's bundle.
 */
import type {
  ConferenceStatistics,
  LinkStatistics,
  ParticipantStatistics,
  ProgrammeStatistics,
  ShardStatistics,
} from "../protocol/generated";
import { fakePerson } from "./fake-people";

/** Connections that differ, repeated over all participants. */
const KINDS: readonly Partial<LinkStatistics>[] = [
  {},
  { uplink_loss: 0.004, rtt_ms: 31 },
  { downlink_loss: 0.083, nacked: 1840, repaired: 1790, estimate_bps: 610_000, shown: [4, 0, 0] },
  { via: "tcp", rtt_ms: 88 },
  { paused: 5, shown: [2, 0, 0], estimate_bps: 230_000, waiting_packets: 34, given_up: 112 },
  { rtt_ms: 462 },
  { uplink_loss: 0.021, asked_again: 913, recovered: 902 },
];

export function fakeStatistics(count: number, hasShards: boolean): ConferenceStatistics {
  const participants = Array.from({ length: count }, (_, at) => participant(at + 1));
  const shards = hasShards ? { shards: [shard(0, 0.34), shard(1, 0.78)] } : {};
  // A busy mixer where the server is shown at work.
  const programmes = hasShards ? { programmes: [programme(1)] } : {};
  return { at_ms: Date.UTC(2026, 10, 23, 1, 42), participants, ...shards, ...programmes };
}

function programme(ladder_step: number): ProgrammeStatistics {
  return {
    programme: 4_294_901_760,
    encoders: 1,
    ladder_step,
    pictures: 25,
    decode_us: 120_000,
    compose_us: 40_000,
    encode_us: 510_000,
    waiting_packets: 0,
    late_pictures: 0,
    keyframes_asked: 0,
    keyframes_wanted: 1,
    keyframes_sent: 1,
  };
}

function participant(number: number): ParticipantStatistics {
  const { name, unit, role } = fakePerson(number);
  const isHere = number % 29 !== 13;
  const link = isHere && number % 31 !== 9 ? fakeLink(number) : null;
  return { participant: number, name, unit, role, is_here: isHere, link };
}

function fakeLink(number: number): LinkStatistics {
  const stream = (layer: "q" | "h" | "f", height_px: number, bps: number) => ({
    source: "camera" as const,
    layer,
    bps,
    height_px,
    loss: 0,
    jitter_ms: 3,
  });
  return {
    shard: number % 2,
    via: "udp",
    uplink_bps: 2_240_000 - number * 1_000,
    downlink_bps: 3_120_000 - number * 2_000,
    uplink_loss: 0,
    downlink_loss: 0.002,
    rtt_ms: 18 + (number % 17),
    jitter_ms: 2 + (number % 9),
    estimate_bps: 9_400_000,
    streams: [stream("f", 720, 1_600_000), stream("h", 360, 480_000), stream("q", 180, 140_000)],
    shown: [6, 2, 1],
    paused: 0,
    waiting_packets: 0,
    asked_again: 12,
    recovered: 12,
    nacked: 40 + number,
    repaired: 40 + number,
    keyframes_asked: 9,
    keyframes_wanted: 11,
    refused: 0,
    paced: 300,
    given_up: 0,
    ...KINDS[number % KINDS.length],
  };
}

function shard(number: number, cpu: number): ShardStatistics {
  return {
    shard: number,
    cpu,
    legs: 139 - number,
    conferences: 3,
    received_pps: 4_120,
    sent_pps: 61_400,
    received_bps: 38_000_000,
    sent_bps: 512_000_000,
    relayed_pps: 1_870,
    waiting_packets: 34 * (number + 1),
    ring_packets: 12,
    longest_turn_us: 3_400 * (number + 1),
    dropped_pps: number * 3,
  };
}
