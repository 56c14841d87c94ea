//! What one viewer's link is believed to carry.
//!
//! Owned by the room's viewer and fed with what transport-wide feedback says, or receiver reports
//! where a viewer sends no such feedback. Delay speaks first, loss where a queue is short or
//! missing, and probes tell what lies above the rate that is sent anyway. Knows no packet and no
//! layer; the room chooses what to send from [`LinkEstimate::bps`].

use super::Told;
use super::acked::AckedRate;
use super::delay::{DelayTrend, Queue};
use super::drain::Drain;
use super::loss::{Loss, LossWindows};
use super::probe::{Answer, Prober};
use std::time::{Duration, Instant};

/// Believed until something is known; the first probe asks for more at once.
pub const FIRST_BPS: u32 = 400_000;
/// Believed of a viewer that never reports arrivals; see [`LinkEstimate::assume_office_line`].
pub const OFFICE_BPS: u32 = 6_000_000;
/// Never believed to be less: one voice.
pub const MIN_BPS: u32 = 60_000;
/// Never believed to be more; 28 pictures at the full layer need it.
pub const MAX_BPS: u32 = 80_000_000;

/// Wanted in the first moments, before it is known what the viewer looks at.
const FIRST_WANTED_BPS: u64 = 3_000_000;
const FIRST_LOOK: Duration = Duration::from_secs(3);
/// After a fall for delay the rate is this share of what arrived.
const FALL_PERCENT: u64 = 85;
/// The same where pictures rest until the queue is empty.
const DRAINED_PERCENT: u64 = 90;
/// The same after loss: a queue that overflows is full of packets that will arrive.
const LOSS_FALL_PERCENT: u64 = 90;
/// A queue that grew and is nearly empty again was a pause of the radio, or of a busy machine.
const SHORT_QUEUE: Duration = Duration::from_millis(30);
/// Below this a growing queue is hardly ours while we send far less than the link has proven to
/// carry: the estimate gives way a little instead of falling to what is sent.
const DEEP_QUEUE: Duration = Duration::from_millis(120);
/// Sending less than this share of the estimate counts as far less, in percent.
const UNUSED_PERCENT: u64 = 70;
/// A queue from which losses come.
const QUEUED: Duration = Duration::from_millis(60);
/// A queue this long is one, whether it still grows or not.
const LONG_QUEUE: Duration = Duration::from_millis(300);
/// The queue gets this time to answer a fall.
const FALL_EVERY: Duration = Duration::from_millis(300);
/// Rise a second, in percent, far from the place where it fell.
const RISE_PERCENT: u64 = 8;
/// Rise a second near it, in percent, and at least in bit/s.
const CAREFUL_RISE_PERCENT: u64 = 3;
const CAREFUL_RISE_BPS: u64 = 40_000;
/// The place where it fell is believed within this much, in percent.
const NEAR_PERCENT: (u64, u64) = (75, 120);
/// The rate rises by itself only to what half more than is sent needs: above, only probes know.
const PROVEN_PERCENT: u64 = 150;
/// The same near the narrow place.
const PROVEN_NEAR_PERCENT: u64 = 112;
const PROVEN_SPARE_BPS: u64 = 10_000;
/// A stretched train tells the narrow place, of which this much is used, in percent.
const STRETCHED_USE_PERCENT: u64 = 93;
/// The same where the narrow place moves.
const MOVING_USE_PERCENT: u64 = 88;
/// Without a probe it rises to this much of the narrow place, in percent.
const NARROW_USE_PERCENT: u64 = 98;
/// What a probe asks for, in percent of the estimate: before the narrow place was met, after, and near it.
const FIRST_STEP_PERCENT: u64 = 400;
const STEP_PERCENT: u64 = 200;
const NEAR_STEP_PERCENT: u64 = 140;
/// A probe is worth its bytes when it asks for this much more, in percent.
const WORTH_PERCENT: u64 = 110;
/// Spare above what pictures want, in percent.
const SPARE_PERCENT: u64 = 125;
/// What is believed at most because a probe was carried, in percent of what pictures want.
const MOST_WANTED_PERCENT: u64 = 175;
/// A train's own queue is no sign of anything for this long.
const AFTERMATH: Duration = Duration::from_millis(400);
/// What was said of a queue holds this long without packets of use.
const UNUSED_AFTER: Duration = Duration::from_millis(500);
/// Pause of probing after a fall.
const REST_AFTER_FALL: Duration = Duration::from_secs(1);
/// A fall to less than this changes what probes found before, in percent.
const DEEP_FALL_PERCENT: u64 = 60;
/// Pause of rising after a fall for loss, at first and at most.
const FIRST_HOLD: Duration = Duration::from_secs(4);
const MAX_HOLD: Duration = Duration::from_secs(60);
/// Without any report for this long a link that is sent to is halved.
const SILENT_AFTER: Duration = Duration::from_millis(1_500);
const HALVE_EVERY: Duration = Duration::from_millis(500);

/// State of one viewer's link.
#[derive(Clone, Debug)]
pub struct LinkEstimate {
    bps: u64,
    wanted_bps: u64,
    /// What the viewer itself says it can take (REMB); a lying one only harms itself.
    cap_bps: u64,
    delay: DelayTrend,
    drain: Drain,
    /// Whether pictures rest, as of the last moment that was told.
    is_draining: bool,
    acked: AckedRate,
    loss: LossWindows,
    prober: Prober,
    probed_at: Option<Instant>,
    /// When a packet of use last arrived.
    used_at: Option<Instant>,
    /// Where it fell for delay.
    narrow_bps: Option<u64>,
    fell_at: Option<Instant>,
    /// When it gave way a little.
    gave_way_at: Option<Instant>,
    hold: Duration,
    hold_until: Option<Instant>,
    judged_at: Instant,
    begun_at: Instant,
    has_reports: bool,
    silent_since: Option<Instant>,
    /// What was believed before the reports ceased.
    before_silence: Option<u64>,
}

impl LinkEstimate {
    /// Nothing known yet.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            bps: u64::from(FIRST_BPS),
            wanted_bps: 0,
            cap_bps: u64::from(MAX_BPS),
            delay: DelayTrend::new(),
            drain: Drain::new(),
            is_draining: false,
            acked: AckedRate::new(),
            loss: LossWindows::new(now),
            prober: Prober::new(now),
            probed_at: None,
            used_at: None,
            narrow_bps: None,
            fell_at: None,
            gave_way_at: None,
            hold: FIRST_HOLD,
            hold_until: None,
            judged_at: now,
            begun_at: now,
            has_reports: false,
            silent_since: None,
            before_silence: None,
        }
    }

    /// The estimate in bit/s, [`MIN_BPS`]–[`MAX_BPS`]; the least while a long queue empties.
    #[must_use]
    pub fn bps(&self) -> u32 {
        if self.is_draining {
            return MIN_BPS;
        }
        self.bps.min(self.cap_bps).clamp(u64::from(MIN_BPS), u64::from(MAX_BPS)) as u32
    }

    /// The viewer does not report arrivals: from now on only the losses of its receiver reports speak,
    /// and nothing can probe, so a usual office line is believed until they do.
    pub fn assume_office_line(&mut self) {
        self.bps = self.bps.max(u64::from(OFFICE_BPS));
    }

    /// Loss of the last judged half second, 0.0–1.0.
    #[must_use]
    pub fn loss(&self) -> f32 {
        self.loss.share()
    }

    /// Whether packets stand in a queue on the way.
    #[must_use]
    pub fn is_queued(&self) -> bool {
        self.delay.standing() >= QUEUED
    }

    /// What everything that the viewer looks at would need, bit/s; probes ask for no more.
    pub fn want(&mut self, bps: u64) {
        self.wanted_bps = bps;
    }

    /// The viewer says that it takes at most this (REMB).
    pub fn cap(&mut self, bps: u64) {
        self.cap_bps = bps.max(u64::from(MIN_BPS));
    }

    /// A packet arrived, as transport-wide feedback says. Call in the order of sending.
    pub fn arrived(&mut self, now: Instant, told: &Told) {
        self.acked.arrived(told.arrival_us, told.bytes);
        if told.probe == 0 {
            self.used_at = Some(now);
            self.delay.arrived(told);
        }
        if let Some(answer) = self.prober.arrived(told) {
            self.answered(now, answer);
        }
    }

    /// Judges the link after one report: how many packets, probes aside, it says arrived and lost.
    /// `under_way_bytes` counts what was sent of which no report has said anything.
    pub fn judge(&mut self, now: Instant, arrived: u32, lost: u32, under_way_bytes: impl FnOnce() -> u64) {
        if self.heard_after_silence(now) {
            // What was lost and late until now says nothing of the link that is back.
            self.judged_at = now;
            return;
        }
        if self.is_draining {
            // What comes now was sent before, and was lost or late in the queue that empties.
            self.loss = LossWindows::new(now);
            self.judged_at = now;
            return;
        }
        let is_queued = self.is_queued();
        let loss = self.loss.observe(now, arrived, lost, is_queued);
        let rested =
            |at: Option<Instant>, rest| at.is_none_or(|at| now.saturating_duration_since(at) >= rest);
        let is_queue_own = !self.prober.is_out() && rested(self.probed_at, AFTERMATH);
        let may_fall = is_queue_own && rested(self.fell_at, FALL_EVERY);
        let standing = self.delay.standing();
        match self.delay.queue() {
            Queue::Grows if may_fall && standing >= SHORT_QUEUE => self.fall_for_delay(now, under_way_bytes),
            Queue::Steady if may_fall && standing >= LONG_QUEUE => self.fall_for_delay(now, under_way_bytes),
            _ if loss == Loss::Heavy => self.fall_for_loss(now),
            Queue::Steady if matches!(loss, Loss::Light | Loss::Unknown) => self.rise(now),
            _ => {}
        }
        self.judged_at = now;
    }

    /// The same from a receiver report (RFC 3550): `sent_bytes` went out since the last one, and
    /// `lost` of 256 packets did not arrive.
    pub fn judge_report(&mut self, now: Instant, sent_bytes: u64, lost: u8) {
        let lost = u32::from(lost);
        let millis = now.saturating_duration_since(self.judged_at).as_millis().max(1) as u64;
        let arrived_bps = sent_bytes * 8000 * u64::from(256 - lost) / 256 / millis;
        self.heard_after_silence(now);
        match self.loss.observe(now, 256 - lost, lost, false) {
            Loss::Heavy => self.fall_to(now, arrived_bps * LOSS_FALL_PERCENT / 100),
            // Without probes and delay only meeting the limit tells it.
            Loss::Light if self.is_held(now) => {}
            Loss::Light => self.rise_by(now, None),
            Loss::Some | Loss::Unknown => {}
        }
        self.judged_at = now;
    }

    /// Number of the train and bytes of the next probe that is due; see [`Told::probe`].
    pub fn probe_due(&mut self, now: Instant) -> Option<(u8, u32)> {
        let target = self.probe_target(now);
        let is_worth = target * 100 >= self.bps * WORTH_PERCENT;
        // A queue that nothing of use goes through any more has long been empty.
        let is_calm = self.is_unused(now) || self.delay.queue() != Queue::Grows;
        if is_worth && is_calm && !self.is_draining {
            self.prober.begin(now, target);
        }
        let due = self.prober.due(now)?;
        self.probed_at = Some(now);
        Some(due)
    }

    /// Lets time pass; `true` when a queue has emptied for which pictures rested. `waiting_since` is when the
    /// first packet went out of which no report has said anything: a link that is sent to and silent is
    /// believed less and less.
    pub fn tick(&mut self, now: Instant, waiting_since: Option<Instant>) -> bool {
        self.fade(now, waiting_since);
        let was_draining = std::mem::replace(&mut self.is_draining, self.drain.is_on(now));
        was_draining && !self.is_draining
    }

    fn fade(&mut self, now: Instant, waiting_since: Option<Instant>) {
        let Some(waiting_since) = waiting_since.filter(|_| self.has_reports) else { return };
        if now.saturating_duration_since(waiting_since) < SILENT_AFTER {
            return;
        }
        if self.silent_since.is_none() {
            self.before_silence = Some(self.bps);
        }
        let since = *self.silent_since.get_or_insert(now);
        if now.saturating_duration_since(since) >= HALVE_EVERY {
            self.silent_since = Some(now);
            self.bps = (self.bps / 2).max(u64::from(MIN_BPS));
        }
    }

    /// Notes that the viewer spoke; true when that ends a silence.
    fn heard_after_silence(&mut self, now: Instant) -> bool {
        self.has_reports = true;
        let was_silent = self.silent_since.take().is_some();
        if was_silent {
            self.delay.restart();
            self.loss = LossWindows::new(now);
            self.prober = Prober::new(now);
        }
        was_silent
    }

    fn wanted(&self, now: Instant) -> u64 {
        let is_new = now.saturating_duration_since(self.begun_at) < FIRST_LOOK;
        if is_new { self.wanted_bps.max(FIRST_WANTED_BPS) } else { self.wanted_bps }
    }

    fn probe_target(&self, now: Instant) -> u64 {
        let wanted = self.wanted(now) * SPARE_PERCENT / 100;
        let step_percent = match (self.narrow_bps, self.near_narrow()) {
            (None, _) => FIRST_STEP_PERCENT,
            (Some(_), None) => STEP_PERCENT,
            // There it carries hardly more than it does now, and what it does not carry waits.
            (Some(_), Some(_)) => NEAR_STEP_PERCENT,
        };
        // Into a silence goes only what shows that it has ended: where nothing else is sent, nobody
        // would ever speak again.
        let before = self.before_silence.filter(|_| self.silent_since.is_none()).unwrap_or(0);
        let step = (self.bps * step_percent / 100).max(before);
        wanted.min(step).min(self.cap_bps).min(u64::from(MAX_BPS))
    }

    fn answered(&mut self, now: Instant, answer: Answer) {
        let before = self.bps;
        match answer {
            // What went between its packets counts, too, but no more is believed than could be of use.
            Answer::Carried(bps) => {
                let most = self.wanted(now) * MOST_WANTED_PERCENT / 100;
                self.bps = self.bps.max(bps.min(most).min(u64::from(MAX_BPS)));
            }
            Answer::Stretched(bps) => {
                // A place that is somewhere else each time it is met is the radio's, and soon elsewhere again.
                let moved = self.narrow_bps.is_some_and(|known| bps.abs_diff(known) * 4 > known);
                let used = bps * if moved { MOVING_USE_PERCENT } else { STRETCHED_USE_PERCENT } / 100;
                // What arrives anyway is carried, whatever one train says.
                let proven = self.acked.bps().unwrap_or(0).min(self.bps);
                self.bps = used.max(proven).min(u64::from(MAX_BPS));
                self.narrow_bps = Some(bps);
            }
        }
        self.before_silence = None;
        if self.bps * 100 >= before * WORTH_PERCENT {
            self.prober.succeeded(now);
        } else {
            self.prober.failed(now);
        }
    }

    fn fall_for_delay(&mut self, now: Instant, under_way_bytes: impl FnOnce() -> u64) {
        let standing = self.delay.standing();
        let is_cut = self.drain.fell(now);
        // Before anything is measured, half is a guess that ends the growth.
        let mut arrived = self.acked.bps().unwrap_or(self.bps / 2);
        if standing < DEEP_QUEUE && arrived * 100 < self.bps * UNUSED_PERCENT {
            let gave_way_lately =
                self.gave_way_at.is_some_and(|at| now.saturating_duration_since(at) < FALL_EVERY);
            if !gave_way_lately {
                self.bps = self.bps * FALL_PERCENT / 100;
                self.gave_way_at = Some(now);
                // After a cut the queue is deep soon, and must not be waited for.
                self.fell_at = if is_cut { self.fell_at } else { Some(now) };
            }
            return;
        }
        if standing >= DEEP_QUEUE && is_cut {
            // Behind a queue packets come as fast as the line carries them, now and not half a second ago.
            arrived = self.acked.newest_bps().map_or(arrived, |newest| newest.min(arrived));
            if arrived * 100 < self.bps * DEEP_FALL_PERCENT {
                self.drain.rest(now, standing, arrived, under_way_bytes());
                self.is_draining = self.drain.is_on(now);
            }
        }
        let percent = if self.is_draining { DRAINED_PERCENT } else { FALL_PERCENT };
        let target = arrived * percent / 100;
        self.narrow_bps = Some(match self.narrow_bps {
            Some(known) if arrived.abs_diff(known) * 4 < known => (known * 3 + arrived) / 4,
            _ => arrived,
        });
        self.fell_at = Some(now);
        let before = self.bps;
        self.bps = self.bps.min(target).max(u64::from(MIN_BPS));
        let is_deep = self.bps * 100 < before * DEEP_FALL_PERCENT;
        self.prober.rest(now, REST_AFTER_FALL, is_deep);
    }

    fn fall_for_loss(&mut self, now: Instant) {
        // What arrived is told by the clock of arrivals, which stands still when nothing does.
        let arrived = if self.is_unused(now) { 0 } else { self.acked.bps().unwrap_or(self.bps) };
        self.fall_to(now, arrived * LOSS_FALL_PERCENT / 100);
    }

    /// No packet of use has arrived lately.
    fn is_unused(&self, now: Instant) -> bool {
        self.used_at.is_none_or(|at| now.saturating_duration_since(at) >= UNUSED_AFTER)
    }

    fn fall_to(&mut self, now: Instant, bps: u64) {
        self.bps = self.bps.min(bps).max(u64::from(MIN_BPS));
        self.fell_at = Some(now);
        self.prober.rest(now, REST_AFTER_FALL, false);
        let fell_again_soon = self.hold_until.is_some_and(|until| now < until + self.hold * 2);
        self.hold = if fell_again_soon { (self.hold * 2).min(MAX_HOLD) } else { FIRST_HOLD };
        self.hold_until = Some(now + self.hold);
    }

    fn is_held(&self, now: Instant) -> bool {
        self.hold_until.is_some_and(|until| now < until)
    }

    fn rise(&mut self, now: Instant) {
        let Some(arrived) = self.acked.bps().filter(|_| !self.is_held(now)) else { return };
        let proven = if self.near_narrow().is_some() { PROVEN_NEAR_PERCENT } else { PROVEN_PERCENT };
        self.rise_by(now, Some(arrived * proven / 100 + PROVEN_SPARE_BPS));
    }

    /// The narrow place, when the estimate is near it.
    fn near_narrow(&self) -> Option<u64> {
        let (low, high) = NEAR_PERCENT;
        self.narrow_bps.filter(|at| self.bps * 100 >= at * low && self.bps * 100 <= at * high)
    }

    fn rise_by(&mut self, now: Instant, proven_bps: Option<u64>) {
        let millis = now.saturating_duration_since(self.judged_at).as_millis().min(1_000) as u64;
        let step = match self.near_narrow() {
            Some(_) => CAREFUL_RISE_BPS.max(self.bps * CAREFUL_RISE_PERCENT / 100) * millis / 1000,
            None => self.bps * RISE_PERCENT * millis / 100_000,
        };
        // Above the narrow place only probes know.
        let narrow = self.near_narrow().map_or(u64::MAX, |narrow| narrow * NARROW_USE_PERCENT / 100);
        let proven = proven_bps.unwrap_or(u64::MAX).min(narrow);
        let ceiling = proven.max(self.bps).min(u64::from(MAX_BPS));
        self.bps = (self.bps + step).min(ceiling);
    }
}

#[cfg(test)]
mod tests;
