//! A sender that chooses layers from an estimate, a narrow place, and a receiver that reports.
//!
//! The same for every contender: pictures of eight possible sizes and one voice, 30 and 50 packets
//! groups a second, reports every 100 ms. Time is simulated; nothing sleeps.

use super::trace::Trace;
use media_core::bwe::Told;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Sums of layers that the sender can choose, kbit/s: 1 to 8 small pictures, a half and a full one.
const SIZES_KBPS: [u64; 9] = [0, 150, 300, 500, 800, 1200, 1700, 2300, 2900];
/// One voice with headers.
const VOICE_KBPS: u64 = 40;
const VOICE_BYTES: u64 = 100;
/// A larger size must fit with this much to spare, and the smaller one was shown for 2 s.
const RISE_PERCENT: u64 = 104;
/// A running size stays while this much of it fits.
const STAY_PERCENT: u64 = 92;
const RISE_EVERY_MS: u64 = 2_000;
/// In the first moments sizes may rise at once; a rise that did not last makes the next one wait
/// twice as long.
const FREE_MS: u64 = 3_000;
const LASTING_MS: u64 = 5_000;
const MAX_RISE_MS: u64 = 8_000;
pub const PACKET_BYTES: u64 = 1_150;
const REPORT_EVERY_MS: u64 = 100;

/// Something that estimates a link from transport-wide reports.
pub trait Estimator {
    fn name(&self) -> &'static str;
    /// One report: every packet that it covers, `Err` with size and train for a lost one; and the bytes of those
    /// sent behind them.
    fn report(&mut self, now: Instant, packets: &[Reported], under_way_bytes: u64);
    fn bps(&self) -> u64;
    fn want(&mut self, _bps: u64) {}
    fn probe_due(&mut self, _now: Instant) -> Option<(u8, u32)> {
        None
    }
    fn tick(&mut self, _now: Instant, _waiting_since: Option<Instant>) {}
}

/// What a report says of one packet.
#[derive(Clone, Copy, Debug)]
pub struct Reported {
    pub number: u64,
    pub left: Instant,
    pub told: Result<Told, (u16, u8)>,
}

#[derive(Clone, Copy)]
struct Packet {
    number: u64,
    sent_ms: u64,
    sent_us: u64,
    bytes: u64,
    kind: Kind,
    probe: u8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Voice,
    Picture,
    Probe,
}

/// One second of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Second {
    pub capacity_kbps: u64,
    pub estimate_kbps: u64,
    pub picture_kbps: u64,
    pub voice_delay_ms: u64,
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub seconds: Vec<Second>,
    /// Pictures that arrived as a share of the best choice of sizes in hindsight, second by second, in percent.
    pub used_percent: u64,
    /// Delay of voice beyond the empty line, in ms.
    pub voice_p50_ms: u64,
    pub voice_p95_ms: u64,
    /// Voice packets that did not arrive, beyond the line's own loss, in per mille.
    pub voice_lost_permille: u64,
    /// Bytes of probes as a share of all, in percent.
    pub probe_percent: u64,
    /// Until the best size of the first 10 s was reached, in ms.
    pub ramp_ms: Option<u64>,
    /// Changes of size a minute.
    pub changes_per_minute: u64,
}

/// Runs `estimator` over `trace`.
pub fn run(trace: &Trace, estimator: &mut dyn Estimator, start: Instant) -> Outcome {
    let mut dice = 0x5eed_u64;
    let mut roll = || {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        dice >> 33
    };
    let queue_limit = (trace.mean_kbps() * trace.queue_ms / 8).max(3 * PACKET_BYTES);
    let (mut rise_every, mut rose_ms) = (RISE_EVERY_MS, 0);
    let (mut number, mut size, mut changed_ms, mut changes) = (0, 0, 0, 0);
    let (mut queue, mut queued_bytes, mut credit) = (VecDeque::<Packet>::new(), 0, 0u64);
    let mut held = VecDeque::<u64>::new();
    // Numbers and bytes of what no report has spoken of yet.
    let mut under_way = VecDeque::<(u64, u64)>::new();
    let mut fates: VecDeque<(u64, Packet, Option<u64>)> = VecDeque::new();
    let mut reports: VecDeque<(u64, Vec<Reported>)> = VecDeque::new();
    let (mut arrived_picture, mut probe_bytes, mut all_bytes) = (0u64, 0u64, 0u64);
    let (mut voices, mut voices_lost, mut own_lost) = (Vec::new(), 0u64, 0u64);
    let mut waiting: Option<u64> = None;
    let mut outcome = Outcome::default();
    let mut second = Second::default();
    let mut covered = 0;
    let at = |ms: u64| start + Duration::from_millis(ms);
    for ms in 0..trace.end_ms {
        let now = at(ms);
        let weather = trace.at(ms);
        // The sender.
        while reports.front().is_some_and(|(due, _)| *due <= ms) {
            let (_, packets) = reports.pop_front().expect("looked");
            let newest = packets.last().map_or(0, |it| it.number);
            under_way.retain(|(number, _)| *number > newest);
            estimator.report(now, &packets, under_way.iter().map(|it| it.1).sum());
            waiting = None;
        }
        estimator.want((SIZES_KBPS[SIZES_KBPS.len() - 1] + VOICE_KBPS) * 1000);
        estimator.tick(now, waiting.map(at));
        let left_kbps = (estimator.bps() / 1000).saturating_sub(VOICE_KBPS);
        let fits = |kbps: u64| SIZES_KBPS.iter().rposition(|size| *size <= kbps).unwrap_or(0);
        if ms % 50 == 0 {
            let may_rise = size == 0 || ms < FREE_MS || ms - changed_ms >= rise_every;
            let next = fits(left_kbps * 100 / STAY_PERCENT).min(size).max(if may_rise {
                fits(left_kbps * 100 / RISE_PERCENT)
            } else {
                0
            });
            if next != size {
                rise_every = match next < size && ms - rose_ms < LASTING_MS {
                    true => (rise_every * 2).min(MAX_RISE_MS),
                    false if ms - rose_ms > LASTING_MS => RISE_EVERY_MS,
                    false => rise_every,
                };
                rose_ms = if next > size { ms } else { rose_ms };
                (size, changed_ms, changes) = (next, ms, changes + 1);
                // A new size begins with a key frame: five ordinary ones.
                held.extend(vec![PACKET_BYTES; (SIZES_KBPS[size] * 5 / 30 * 125 / PACKET_BYTES) as usize]);
            }
        }
        let mut send = |bytes: u64, kind: Kind, probe: u8| {
            number += 1;
            waiting.get_or_insert(ms);
            all_bytes += bytes;
            under_way.push_back((number, bytes));
            probe_bytes += if kind == Kind::Probe { bytes } else { 0 };
            let packet = Packet { number, sent_ms: ms, sent_us: ms * 1000, bytes, kind, probe };
            let is_own_loss = roll() % 100 < weather.loss_percent;
            own_lost += u64::from((is_own_loss || weather.kbps == 0) && kind == Kind::Voice);
            if is_own_loss || queued_bytes + bytes > queue_limit {
                voices_lost += u64::from(kind == Kind::Voice);
                fates.push_back((number, packet, None));
            } else {
                queued_bytes += bytes;
                queue.push_back(packet);
                fates.push_back((number, packet, Some(u64::MAX)));
            }
        };
        if ms % 20 == 0 {
            send(VOICE_BYTES, Kind::Voice, 0);
        }
        if ms % 33 == 0 {
            let mut left = SIZES_KBPS[size] * 33 / 8;
            while left > 0 {
                held.push_back(left.min(PACKET_BYTES));
                left -= left.min(PACKET_BYTES);
            }
        }
        if ms % 10 == 0 {
            // Paced at two and a half times the estimate, at least so that nothing waits 250 ms.
            let waits: u64 = held.iter().sum();
            let mut turn = (estimator.bps() * 5 / 2 / 800).max(waits / 25) as i64;
            while turn > 0
                && let Some(bytes) = held.pop_front()
            {
                turn -= bytes as i64;
                send(bytes, Kind::Picture, 0);
            }
            while let Some((train, bytes)) = estimator.probe_due(now) {
                let mut left = bytes;
                while left > 0 {
                    send(275, Kind::Probe, train);
                    left = left.saturating_sub(275);
                }
            }
        }
        // The narrow place.
        credit += weather.kbps;
        while let Some(packet) = queue.front().copied().filter(|packet| credit >= packet.bytes * 8) {
            queue.pop_front();
            credit -= packet.bytes * 8;
            queued_bytes -= packet.bytes;
            // Packets of one ms leave one behind the other.
            let used = weather.kbps.saturating_sub(credit) * 1000 / weather.kbps.max(1);
            let arrival_us = ms * 1000 + used.min(999) + trace.delay_ms * 1000;
            if let Ok(place) = fates.binary_search_by_key(&packet.number, |fate| fate.0) {
                fates[place].2 = Some(arrival_us);
            }
            match packet.kind {
                Kind::Voice => {
                    voices.push(ms - packet.sent_ms);
                    second.voice_delay_ms = second.voice_delay_ms.max(ms - packet.sent_ms);
                }
                Kind::Picture => {
                    arrived_picture += packet.bytes;
                    second.picture_kbps += packet.bytes * 8 / 1000;
                }
                Kind::Probe => {}
            }
        }
        if queue.is_empty() {
            credit = credit.min(weather.kbps);
        }
        // The receiver: reports what arrived, and as lost what later packets overtook.
        if ms % REPORT_EVERY_MS == 0 {
            let has_come = |fate: &(u64, Packet, Option<u64>)| {
                fate.2.is_some_and(|us| us != u64::MAX && us <= ms * 1000)
            };
            if let Some(newest) = fates.iter().rposition(has_come) {
                let told = fates.drain(..=newest).map(|(number, packet, arrival)| Reported {
                    number,
                    left: at(packet.sent_ms),
                    told: match arrival {
                        Some(us) if us != u64::MAX => Ok(Told {
                            sent_us: packet.sent_us,
                            arrival_us: us as i64,
                            bytes: packet.bytes as u16,
                            probe: packet.probe,
                        }),
                        _ => Err((packet.bytes as u16, packet.probe)),
                    },
                });
                reports.push_back((ms + trace.delay_ms, told.collect()));
                covered += 1;
            }
        }
        second.capacity_kbps += weather.kbps;
        if (ms + 1) % 1000 == 0 {
            second.capacity_kbps /= 1000;
            second.estimate_kbps = estimator.bps() / 1000;
            outcome.seconds.push(std::mem::take(&mut second));
        }
        if outcome.ramp_ms.is_none() && size == fits(trace.at(0).kbps.saturating_sub(VOICE_KBPS) * 85 / 100) {
            outcome.ramp_ms = Some(ms);
        }
    }
    assert!(covered > 0, "reports flowed");
    let best = |second: &Second| {
        let left = (second.capacity_kbps * 95 / 100).saturating_sub(VOICE_KBPS);
        SIZES_KBPS.iter().rev().find(|size| **size <= left).copied().unwrap_or(0)
    };
    let ideal_bytes: u64 = outcome.seconds.iter().map(|second| best(second) * 125).sum();
    outcome.used_percent = arrived_picture * 100 / ideal_bytes.max(1);
    voices.sort_unstable();
    let percentile = |percent: usize| voices.get(voices.len() * percent / 100).copied().unwrap_or(0);
    (outcome.voice_p50_ms, outcome.voice_p95_ms) = (percentile(50), percentile(95));
    let sent_voices = trace.end_ms / 20;
    outcome.voice_lost_permille = voices_lost.saturating_sub(own_lost) * 1000 / sent_voices;
    outcome.probe_percent = probe_bytes * 100 / all_bytes.max(1);
    outcome.changes_per_minute = changes * 60_000 / trace.end_ms;
    outcome
}
