//! When to ask a link for more than it carries now, and what its answer was.
//!
//! Called by `link`. A probe is a short train of packets above the estimate: a link that carries it
//! lets the train arrive as it left, a narrower one stretches it to its own rate. Trains go out only
//! while pictures want more than the estimate allows, and less often where the answer was no.

use super::Told;
use std::time::{Duration, Instant};

/// Parts of one train, one a call of the pacer.
pub(super) const PARTS: u8 = 4;
/// Time between two parts.
const PART_EVERY: Duration = Duration::from_millis(10);
/// Bytes of the smallest train: fewer packets say nothing.
const MIN_TRAIN_BYTES: u32 = 3_300;
/// Bytes of the largest train, 40 ms at 40 Mbit/s.
const MAX_TRAIN_BYTES: u32 = 200_000;
/// A train without answer is forgotten.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// Pause after a train that brought nothing, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const MAX_PAUSE: Duration = Duration::from_secs(8);
/// Pause after a train that brought more: the next one goes out as soon as that is believed.
const NEXT_AFTER: Duration = Duration::from_millis(100);
/// A train that came this much slower than it left met the narrow place, in percent.
const STRETCHED_PERCENT: u64 = 90;

/// A train that is on its way.
#[derive(Clone, Debug)]
struct Train {
    number: u8,
    begun: Instant,
    bytes: u32,
    parts_left: u8,
    next_part_at: Instant,
    left: Option<Span>,
}

/// What arrived of a train: times and bytes, the first group of packets apart.
#[derive(Clone, Copy, Debug)]
struct Span {
    first_sent_us: u64,
    /// End of the first part, from which both rates are counted.
    head_sent_us: u64,
    head_arrival_us: i64,
    last_sent_us: u64,
    last_arrival_us: i64,
    /// Bytes after the first part, of the train and of what went between its packets.
    bytes: u64,
    /// What went after the newest packet of the train: between, if another one comes.
    trailing_bytes: u64,
    train_bytes: u64,
}

/// State of one link.
#[derive(Clone, Debug)]
pub(super) struct Prober {
    train: Option<Train>,
    last_number: u8,
    next_at: Instant,
    pause: Duration,
}

/// What a train showed, bit/s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It arrived as it left; the link may carry more.
    Carried(u64),
    /// It was stretched to this: the narrow place itself.
    Stretched(u64),
}

impl Prober {
    pub(super) const fn new(now: Instant) -> Self {
        Self { train: None, last_number: 0, next_at: now, pause: FIRST_PAUSE }
    }

    /// Whether a train is on its way.
    pub(super) const fn is_out(&self) -> bool {
        self.train.is_some()
    }

    /// No train for `pause`; with `is_changed` what the last ones brought is forgotten.
    pub(super) fn rest(&mut self, now: Instant, pause: Duration, is_changed: bool) {
        self.train = None;
        if is_changed {
            self.pause = FIRST_PAUSE;
        }
        self.next_at = self.next_at.max(now + pause);
    }

    /// Begins a train at `bps` when one may go out.
    pub(super) fn begin(&mut self, now: Instant, bps: u64) {
        if let Some(train) = &self.train
            && now.saturating_duration_since(train.begun) >= ANSWER_WITHIN
        {
            self.train = None;
            self.failed(now);
        }
        if self.train.is_some() || now < self.next_at {
            return;
        }
        let millis = PART_EVERY.as_millis() as u64 * u64::from(PARTS);
        let bytes = (bps * millis / 8000).clamp(u64::from(MIN_TRAIN_BYTES), u64::from(MAX_TRAIN_BYTES));
        // 0 marks packets of no train.
        self.last_number = self.last_number % 127 + 1;
        self.train = Some(Train {
            number: self.last_number,
            begun: now,
            bytes: bytes as u32,
            parts_left: PARTS,
            next_part_at: now,
            left: None,
        });
    }

    /// The number of the train and the bytes of its next part, when that is due.
    pub(super) fn due(&mut self, now: Instant) -> Option<(u8, u32)> {
        let train = self.train.as_mut().filter(|train| train.parts_left > 0 && now >= train.next_part_at)?;
        train.parts_left -= 1;
        train.next_part_at = now + PART_EVERY;
        Some((train.number, train.bytes / u32::from(PARTS)))
    }

    /// A packet arrived, of a train or not; the answer once the train is complete enough. Packets of
    /// use between those of a train share the link with it, so they count.
    pub(super) fn arrived(&mut self, told: &Told) -> Option<Answer> {
        let train = self.train.as_mut()?;
        let is_part = train.number == told.probe;
        if !is_part && (train.left.is_none() || told.probe != 0) {
            return None;
        }
        let is_sent = train.parts_left == 0;
        let span = train.left.get_or_insert(Span {
            first_sent_us: told.sent_us,
            head_sent_us: told.sent_us,
            head_arrival_us: told.arrival_us,
            last_sent_us: told.sent_us,
            last_arrival_us: told.arrival_us,
            bytes: 0,
            trailing_bytes: 0,
            train_bytes: 0,
        });
        let part_us = PART_EVERY.as_micros() as u64;
        if !is_part && is_sent && told.sent_us > span.last_sent_us + part_us / 2 {
            // The train is over, or its last part goes out in the same moment; a tenth of it may be lost.
            let is_enough = span.train_bytes * 10 >= u64::from(train.bytes) * 9;
            if is_enough {
                return span.answer();
            }
        }
        if told.sent_us.saturating_sub(span.first_sent_us) < part_us / 2 {
            span.head_sent_us = span.head_sent_us.max(told.sent_us);
            span.head_arrival_us = span.head_arrival_us.max(told.arrival_us);
        } else {
            span.trailing_bytes += u64::from(told.bytes);
        }
        if !is_part {
            return None;
        }
        span.bytes += std::mem::take(&mut span.trailing_bytes);
        span.train_bytes += u64::from(told.bytes);
        span.last_sent_us = span.last_sent_us.max(told.sent_us);
        span.last_arrival_us = span.last_arrival_us.max(told.arrival_us);
        let is_complete = is_sent && span.train_bytes >= u64::from(train.bytes);
        if is_complete { span.answer() } else { None }
    }

    /// The last train brought more: the next one may follow soon.
    pub(super) fn succeeded(&mut self, now: Instant) {
        self.train = None;
        self.pause = FIRST_PAUSE;
        self.next_at = now + NEXT_AFTER;
    }

    /// The last train brought nothing.
    pub(super) fn failed(&mut self, now: Instant) {
        self.train = None;
        self.next_at = now + self.pause;
        self.pause = (self.pause * 2).min(MAX_PAUSE);
    }
}

impl Span {
    fn answer(&self) -> Option<Answer> {
        let sent_us = self.last_sent_us.checked_sub(self.head_sent_us).filter(|us| *us > 0)?;
        let came_us = u64::try_from(self.last_arrival_us - self.head_arrival_us).ok()?.max(1);
        // The last part lies behind the last interval that is counted, so both spans hold as many
        // bytes as they hold intervals.
        let left_bps = self.bytes * 8_000_000 / sent_us;
        let came_bps = self.bytes * 8_000_000 / came_us;
        let is_stretched = came_bps * 100 < left_bps * STRETCHED_PERCENT;
        Some(if is_stretched { Answer::Stretched(came_bps) } else { Answer::Carried(left_bps.min(came_bps)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A train of `bps` over a link that carries `capacity_bps` and drops every `drops`th packet.
    fn check(bps: u64, capacity_bps: u64, drops: usize) -> Option<Answer> {
        let start = Instant::now();
        let mut prober = Prober::new(start);
        prober.begin(start, bps);
        let (mut free_us, mut answer, mut count) = (0, None, 0);
        let mut flying = Vec::new();
        for ms in 0..100u64 {
            let now = start + Duration::from_millis(ms);
            while let Some((probe, mut left)) = prober.due(now) {
                while left > 0 {
                    let bytes = left.min(255);
                    left -= bytes;
                    count += 1;
                    free_us = (ms * 1000).max(free_us) + u64::from(bytes) * 8_000_000 / capacity_bps;
                    if drops == 0 || count % drops != 0 {
                        let arrival_us = free_us as i64 + 5000;
                        flying.push(Told { sent_us: ms * 1000, arrival_us, bytes: bytes as u16, probe });
                    }
                }
            }
        }
        // Sound goes on after the train.
        free_us = free_us.max(100_000) + 1000;
        flying.push(Told { sent_us: 100_000, arrival_us: free_us as i64 + 5000, bytes: 100, probe: 0 });
        for told in &flying {
            answer = answer.or(prober.arrived(told));
        }
        answer
    }

    fn is_near(answer: Option<Answer>, stretched: bool, bps: u64) {
        let near = |seen: u64| seen.abs_diff(bps) * 10 <= bps;
        let holds = match answer {
            Some(Answer::Carried(seen)) => !stretched && near(seen),
            Some(Answer::Stretched(seen)) => stretched && near(seen),
            None => false,
        };
        assert!(holds, "{answer:?}, expected {bps}");
    }

    #[test]
    fn wide_link_carries_the_train_as_it_left() {
        is_near(check(3_000_000, 100_000_000, 0), false, 3_000_000);
        is_near(check(20_000_000, 1_000_000_000, 0), false, 20_000_000);
    }

    #[test]
    fn narrow_link_stretches_the_train_to_its_own_rate() {
        is_near(check(3_000_000, 1_200_000, 0), true, 1_200_000);
        is_near(check(3_000_000, 600_000, 0), true, 600_000);
    }

    #[test]
    fn train_that_lost_a_tenth_still_answers_and_one_that_lost_half_does_not() {
        assert!(check(3_000_000, 100_000_000, 20).is_some());
        assert_eq!(check(3_000_000, 100_000_000, 2), None);
    }

    #[test]
    fn trains_that_bring_nothing_come_less_and_less_often() {
        let start = Instant::now();
        let mut prober = Prober::new(start);
        let mut begun = Vec::new();
        for ms in (0..120_000u64).step_by(10) {
            let now = start + Duration::from_millis(ms);
            prober.begin(now, 2_000_000);
            if prober.due(now).is_some_and(|_| prober.train.as_ref().is_some_and(|it| it.parts_left == 0)) {
                begun.push(ms / 1000);
                prober.failed(now);
            }
        }
        assert_eq!(begun, [0, 2, 6, 14, 22, 30, 38, 46, 54, 62, 70, 78, 86, 94, 102, 110, 118]);
    }
}
