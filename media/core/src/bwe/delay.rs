//! Whether the queue at the narrow place of a link grows, from when packets left and arrived.
//!
//! Called by `link` for every packet that a report says arrived. Trendline filter and adaptive
//! threshold of Google Congestion Control (draft-ietf-rmcat-gcc-02 sections 5.1–5.4): packets that
//! left together form a group, the delay that groups gain over one another is smoothed and
//! accumulated, and its slope is compared with a threshold that follows the link's own jitter.

use super::Told;
use std::collections::VecDeque;
use std::time::Duration;

/// Packets that left within this time are one group.
const GROUP_US: u64 = 5_000;
/// A group that arrives within this time of the last one was held back with it (Wi-Fi, LTE).
const BURST_US: i64 = 5_000;
/// Such bursts are merged up to this length.
const MAX_BURST_US: i64 = 100_000;
/// Groups whose slope is taken: 20 of the usual 33 ms are 660 ms.
const GROUPS: usize = 20;
/// Share of the old value in the smoothed delay.
const SMOOTHING: f64 = 0.9;
/// Makes the slope comparable with the threshold in ms.
const GAIN: f64 = 4.0;
/// Groups after which the gain is full.
const MAX_DELTAS: u32 = 60;
/// Threshold at first, least and most, in ms.
const FIRST_THRESHOLD_MS: f64 = 12.5;
const MIN_THRESHOLD_MS: f64 = 6.0;
const MAX_THRESHOLD_MS: f64 = 600.0;
/// How fast the threshold follows a larger and a smaller trend, a millisecond.
const THRESHOLD_UP: f64 = 0.0087;
const THRESHOLD_DOWN: f64 = 0.039;
/// A trend beyond the threshold by more than this is a jump, which the threshold does not follow.
const JUMP_MS: f64 = 15.0;
/// The trend must stand above the threshold for this long.
const OVER_AFTER_MS: f64 = 10.0;
/// The smallest delay is looked for in the last one to two of these.
const BASE_SPAN_US: i64 = 15_000_000;
/// A pause of the reporter's clock beyond this begins anew.
const CLOCK_JUMP_US: i64 = 3_000_000;

/// What the queue does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Queue {
    #[default]
    Steady,
    Grows,
    Drains,
}

#[derive(Clone, Copy, Debug)]
struct Group {
    first_sent_us: u64,
    last_sent_us: u64,
    first_arrival_us: i64,
    last_arrival_us: i64,
}

impl Group {
    const fn of(told: &Told) -> Self {
        Self {
            first_sent_us: told.sent_us,
            last_sent_us: told.sent_us,
            first_arrival_us: told.arrival_us,
            last_arrival_us: told.arrival_us,
        }
    }
}

/// State of one link.
#[derive(Clone, Debug)]
pub(super) struct DelayTrend {
    current: Option<Group>,
    before: Option<Group>,
    /// Arrival and smoothed delay of the last groups, in ms.
    points: VecDeque<(f64, f64)>,
    first_arrival_us: i64,
    gained_ms: f64,
    smoothed_ms: f64,
    deltas: u32,
    threshold_ms: f64,
    threshold_at_us: Option<i64>,
    over_ms: f64,
    over_groups: u32,
    last_trend: f64,
    queue: Queue,
    base: LeastDelay,
    /// What the last packet waited beyond the empty link, in µs.
    standing_us: i64,
}

/// Smallest delay lately, clock offset included: of this span of time and of the one before, so
/// that a changed route and a drifting clock are forgotten.
#[derive(Clone, Copy, Debug)]
struct LeastDelay {
    since_us: i64,
    least_us: i64,
    before_us: i64,
}

impl LeastDelay {
    const fn new() -> Self {
        Self { since_us: i64::MIN, least_us: i64::MAX, before_us: i64::MAX }
    }

    /// Notes a delay; answers how much it lies above the smallest.
    fn above(&mut self, now_us: i64, delay_us: i64) -> i64 {
        if now_us.saturating_sub(self.since_us) > BASE_SPAN_US {
            (self.before_us, self.least_us) = (self.least_us, i64::MAX);
            self.since_us = now_us;
        }
        self.least_us = self.least_us.min(delay_us);
        delay_us - self.least_us.min(self.before_us)
    }
}

impl DelayTrend {
    pub(super) fn new() -> Self {
        Self {
            current: None,
            before: None,
            points: VecDeque::with_capacity(GROUPS + 1),
            first_arrival_us: 0,
            gained_ms: 0.0,
            smoothed_ms: 0.0,
            deltas: 0,
            threshold_ms: FIRST_THRESHOLD_MS,
            threshold_at_us: None,
            over_ms: 0.0,
            over_groups: 0,
            last_trend: 0.0,
            queue: Queue::Steady,
            base: LeastDelay::new(),
            standing_us: 0,
        }
    }

    /// What the newest packet waited in queues.
    pub(super) const fn standing(&self) -> Duration {
        Duration::from_micros(self.standing_us as u64)
    }

    /// What the queue does as far as known.
    pub(super) const fn queue(&self) -> Queue {
        self.queue
    }

    /// Forgets the groups; what comes next is compared with nothing before it. The threshold, which
    /// describes the link, stays.
    pub(super) fn restart(&mut self) {
        let threshold_ms = self.threshold_ms;
        *self = Self { threshold_ms, points: std::mem::take(&mut self.points), ..Self::new() };
        self.points.clear();
    }

    /// Takes the next packet that arrived, in the order of sending.
    pub(super) fn arrived(&mut self, told: &Told) {
        let delay_us = told.arrival_us.saturating_sub_unsigned(told.sent_us);
        self.standing_us = self.base.above(told.arrival_us, delay_us).max(0);
        let Some(group) = &mut self.current else {
            self.current = Some(Group::of(told));
            return;
        };
        let step_us = told.arrival_us - group.last_arrival_us;
        if step_us.abs() > CLOCK_JUMP_US {
            self.restart();
            self.current = Some(Group::of(told));
            return;
        }
        if told.sent_us < group.first_sent_us {
            return;
        }
        let left_together = told.sent_us - group.first_sent_us <= GROUP_US;
        let gained_us = step_us - told.sent_us.saturating_sub(group.last_sent_us) as i64;
        let came_in_burst =
            gained_us < 0 && step_us <= BURST_US && told.arrival_us - group.first_arrival_us < MAX_BURST_US;
        if left_together || came_in_burst {
            group.last_sent_us = group.last_sent_us.max(told.sent_us);
            group.last_arrival_us = group.last_arrival_us.max(told.arrival_us);
            return;
        }
        let complete = std::mem::replace(group, Group::of(told));
        if let Some(before) = self.before.replace(complete) {
            self.compare(&before, &complete);
        }
    }

    fn compare(&mut self, before: &Group, group: &Group) {
        let sent_ms = (group.last_sent_us.saturating_sub(before.last_sent_us)) as f64 / 1000.0;
        let arrived_ms = (group.last_arrival_us - before.last_arrival_us) as f64 / 1000.0;
        if self.deltas == 0 {
            self.first_arrival_us = group.last_arrival_us;
        }
        self.deltas = (self.deltas + 1).min(MAX_DELTAS);
        self.gained_ms += arrived_ms - sent_ms;
        self.smoothed_ms = SMOOTHING * self.smoothed_ms + (1.0 - SMOOTHING) * self.gained_ms;
        let at_ms = (group.last_arrival_us - self.first_arrival_us) as f64 / 1000.0;
        self.points.push_back((at_ms, self.smoothed_ms));
        if self.points.len() > GROUPS {
            self.points.pop_front();
        }
        let slope = if self.points.len() == GROUPS { slope(&self.points) } else { 0.0 };
        self.judge(slope, sent_ms, group.last_arrival_us);
    }

    fn judge(&mut self, slope: f64, sent_ms: f64, now_us: i64) {
        let trend = f64::from(self.deltas) * slope * GAIN;
        if trend > self.threshold_ms {
            self.over_ms += if self.over_groups == 0 { sent_ms / 2.0 } else { sent_ms };
            self.over_groups += 1;
            if self.over_ms > OVER_AFTER_MS && self.over_groups > 1 && trend >= self.last_trend {
                self.over_ms = 0.0;
                self.over_groups = 0;
                self.queue = Queue::Grows;
            }
        } else {
            self.over_ms = 0.0;
            self.over_groups = 0;
            self.queue = if trend < -self.threshold_ms { Queue::Drains } else { Queue::Steady };
        }
        self.last_trend = trend;
        self.follow(trend.abs(), now_us);
    }

    fn follow(&mut self, trend: f64, now_us: i64) {
        let last_us = self.threshold_at_us.replace(now_us).unwrap_or(now_us);
        if trend > self.threshold_ms + JUMP_MS {
            return;
        }
        let speed = if trend < self.threshold_ms { THRESHOLD_DOWN } else { THRESHOLD_UP };
        let elapsed_ms = ((now_us - last_us) as f64 / 1000.0).clamp(0.0, 100.0);
        self.threshold_ms += speed * (trend - self.threshold_ms) * elapsed_ms;
        self.threshold_ms = self.threshold_ms.clamp(MIN_THRESHOLD_MS, MAX_THRESHOLD_MS);
    }
}

/// Slope of the least-squares line through `points`.
fn slope(points: &VecDeque<(f64, f64)>) -> f64 {
    let count = points.len() as f64;
    let (sum_x, sum_y) = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    let (mean_x, mean_y) = (sum_x / count, sum_y / count);
    let (mut above, mut below) = (0.0, 0.0);
    for (x, y) in points {
        above += (x - mean_x) * (y - mean_y);
        below += (x - mean_x) * (x - mean_x);
    }
    if below == 0.0 { 0.0 } else { above / below }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets every 20 ms for `seconds`, each delayed by `delay_us(ms)`; what the queue was said
    /// to do, with the first time of each in ms.
    fn check(seconds: u64, delay_us: impl Fn(u64) -> i64) -> Vec<(u64, Queue)> {
        let mut trend = DelayTrend::new();
        let mut seen = vec![(0, Queue::Steady)];
        for ms in (0..seconds * 1000).step_by(20) {
            let sent_us = ms * 1000;
            trend.arrived(&Told {
                sent_us,
                arrival_us: sent_us as i64 + delay_us(ms),
                bytes: 1000,
                probe: 0,
            });
            if seen.last().is_none_or(|last| last.1 != trend.queue()) {
                seen.push((ms, trend.queue()));
            }
        }
        seen
    }

    #[test]
    fn even_delay_is_a_steady_queue_whatever_its_size() {
        assert_eq!(check(10, |_| 400_000), [(0, Queue::Steady)]);
    }

    #[test]
    fn jitter_without_growth_is_a_steady_queue() {
        let seen = check(20, |ms| (ms.wrapping_mul(0x9e37_79b9) >> 7 & 7) as i64 * 1000);
        assert_eq!(seen, [(0, Queue::Steady)]);
    }

    #[test]
    fn growing_delay_is_seen_within_half_a_second_and_draining_after_it() {
        let seen = check(10, |ms| match ms {
            0..3000 => 20_000,
            3000..4000 => 20_000 + (ms as i64 - 3000) * 100,
            4000..5000 => 120_000 - (ms as i64 - 4000) * 100,
            _ => 20_000,
        });
        assert_eq!(seen[1].1, Queue::Grows);
        assert!((3000..3500).contains(&seen[1].0), "{seen:?}");
        assert!(seen.iter().any(|it| it.1 == Queue::Drains), "{seen:?}");
        assert_eq!(seen.last().map(|it| it.1), Some(Queue::Steady));
    }

    #[test]
    fn clock_of_the_reporter_that_jumps_begins_anew() {
        let seen = check(10, |ms| if ms < 5000 { 0 } else { 1_000_000_000_000 });
        assert_eq!(seen, [(0, Queue::Steady)]);
    }
}
