//! Numbering, loss and jitter of one incoming stream (RFC 3550 appendices A.1, A.3, A.8).
//!
//! Called by the room for each packet of the stream, repaired ones included. Gives every packet
//! a number without gaps for padding that was dropped, so that all viewers share one numbering.

use super::missing::MissingList;
use crate::packet::rtcp::ReportBlock;
use crate::room::Drop;
use crate::stream::sequence::{FIRST_CYCLE, extend};
use std::time::{Duration, Instant};

/// A forward jump from here on is a restart of the sender, not loss (RFC 3550 A.1).
const MAX_DROPOUT: u64 = 3000;
/// Packets behind the newest that are still told apart from duplicates.
const WINDOW: u64 = 1024;
/// A gap longer than this is not repaired: that takes a key frame.
const MAX_REPAIRED_GAP: u64 = 100;
/// A clock that differs by this much from the time that passed has jumped. A browser's own clock
/// drifts by less in a day.
const MAX_CLOCK_ERROR: Duration = Duration::from_secs(10);
/// After a pause this long a jump of the clock needs no second packet to be believed: a camera that
/// was off may begin anew, and its first packet begins the key frame.
const PAUSE: Duration = Duration::from_secs(2);
/// Recently dropped padding packets that late packets are placed around.
const MAX_SKIPPED: usize = 32;

/// Where a packet belongs in its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Number without gaps for dropped padding.
    pub sequence: u64,
    /// Counts restarts of the stream.
    pub epoch: u32,
    /// The packet had been asked for again.
    pub was_missing: bool,
}

/// State of one stream.
pub struct Arrivals {
    ssrc: u32,
    clock_hz: u32,
    epoch: u32,
    origin: Instant,
    started: bool,
    base: u64,
    newest: u64,
    seen: [u64; (WINDOW / 64) as usize],
    restart_at: Option<u16>,
    /// Arrival and timestamp of the last packet that counted.
    clock: Option<(Instant, u32)>,
    /// The timestamp of a jump that waits for the next packet to confirm it.
    jumped_to: Option<u32>,
    skipped: [u64; MAX_SKIPPED],
    skipped_total: u64,
    received: u64,
    expected_before: u64,
    received_before: u64,
    lost_shown: u64,
    expected_shown: u64,
    transit: Option<u32>,
    jitter_16ths: u32,
    last_sr: Option<(u32, Instant)>,
    missing: MissingList,
    repairs: bool,
}

impl Arrivals {
    /// A stream that has not begun. Gaps are asked for again only when `repairs` is set.
    #[must_use]
    pub fn new(ssrc: u32, clock_hz: u32, repairs: bool, now: Instant) -> Self {
        Self {
            ssrc,
            clock_hz,
            epoch: 0,
            origin: now,
            started: false,
            base: 0,
            newest: 0,
            seen: [0; (WINDOW / 64) as usize],
            restart_at: None,
            clock: None,
            jumped_to: None,
            skipped: [0; MAX_SKIPPED],
            skipped_total: 0,
            received: 0,
            expected_before: 0,
            received_before: 0,
            lost_shown: 0,
            expected_shown: 0,
            transit: None,
            jitter_16ths: 0,
            last_sr: None,
            missing: MissingList::default(),
            repairs,
        }
    }

    /// SSRC of the stream.
    #[must_use]
    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The sender uses another SSRC from now on.
    pub fn replace_ssrc(&mut self, ssrc: u32) {
        self.ssrc = ssrc;
        self.last_sr = None;
        self.restart();
    }

    /// The next packet begins a new epoch, whatever its number.
    pub fn restart(&mut self) {
        self.started = false;
    }

    /// Places a packet that came on the stream's own SSRC. `has_payload` is false for padding,
    /// which gets no number.
    ///
    /// # Errors
    /// `Duplicate`, `TooOld`, `Unconfirmed`, `Padding`.
    pub fn place(
        &mut self,
        now: Instant,
        sequence: u16,
        timestamp: u32,
        has_payload: bool,
    ) -> Result<Placed, Drop> {
        if !self.started {
            self.begin(sequence);
        } else {
            let number = extend(self.newest, sequence);
            let is_jump = number > self.newest + MAX_DROPOUT || number + WINDOW <= self.newest;
            let has_jumped_clock = self.has_jumped(now, timestamp);
            if is_jump || has_jumped_clock {
                let is_confirmed = self.restart_at == Some(sequence)
                    && self.jumped_to.is_none_or(|before| self.is_near(before, timestamp, Duration::ZERO));
                let was_quiet = self.clock.is_some_and(|(at, _)| now.saturating_duration_since(at) >= PAUSE);
                if !is_confirmed && (is_jump || !was_quiet) {
                    self.restart_at = Some(sequence.wrapping_add(1));
                    self.jumped_to = Some(timestamp);
                    return Err(Drop::Unconfirmed);
                }
                self.begin(sequence);
            }
        }
        (self.restart_at, self.jumped_to) = (None, None);
        let number = extend(self.newest, sequence);
        let is_newest = number > self.newest || self.received == 0;
        let placed = self.admit(now, number)?;
        if is_newest {
            self.clock = Some((now, timestamp));
        }
        self.measure_jitter(now, timestamp);
        if has_payload {
            return Ok(placed);
        }
        // Only the newest number can be closed up: those behind it have been handed out already.
        if is_newest {
            self.skipped[(self.skipped_total % MAX_SKIPPED as u64) as usize] = number;
            self.skipped_total += 1;
        }
        Err(Drop::Padding)
    }

    /// Places a repaired packet (RFC 4588) by its original sequence number.
    ///
    /// # Errors
    /// `Duplicate` (most often a bandwidth probe), `TooOld`, `Malformed` when its clock is another one.
    pub fn place_repaired(&mut self, now: Instant, sequence: u16, timestamp: u32) -> Result<Placed, Drop> {
        if !self.started {
            return Err(Drop::TooOld);
        }
        let number = extend(self.newest, sequence);
        if number > self.newest + MAX_DROPOUT || number + WINDOW <= self.newest {
            return Err(Drop::TooOld);
        }
        if self.has_jumped(now, timestamp) {
            return Err(Drop::Malformed);
        }
        self.admit(now, number)
    }

    /// Whether `timestamp` is far from where the stream's clock should be now.
    fn has_jumped(&self, now: Instant, timestamp: u32) -> bool {
        let elapsed = |at| now.saturating_duration_since(at);
        self.clock.is_some_and(|(at, before)| !self.is_near(before, timestamp, elapsed(at)))
    }

    /// Whether `timestamp` is about `elapsed` after `before`, wraps of the clock aside.
    fn is_near(&self, before: u32, timestamp: u32, elapsed: Duration) -> bool {
        let ticks = (elapsed.as_micros() * u128::from(self.clock_hz) / 1_000_000) as u32;
        let error = timestamp.wrapping_sub(before).wrapping_sub(ticks) as i32;
        u64::from(error.unsigned_abs()) <= MAX_CLOCK_ERROR.as_secs() * u64::from(self.clock_hz)
    }

    /// A sender report about this stream came.
    pub fn sender_report(&mut self, now: Instant, ntp: u64) {
        self.last_sr = Some(((ntp >> 16) as u32, now));
    }

    /// The report block to send back (RFC 3550 section 6.4.1), `None` before the first packet.
    pub fn report(&mut self, now: Instant) -> Option<ReportBlock> {
        if !self.started || self.received == 0 {
            return None;
        }
        let expected = self.newest + 1 - self.base;
        let expected_interval = expected - self.expected_before;
        let lost_interval = expected_interval.saturating_sub(self.received - self.received_before);
        self.expected_before = expected;
        self.received_before = self.received;
        self.lost_shown += lost_interval;
        self.expected_shown += expected_interval;
        let fraction_lost = match expected_interval {
            0 => 0,
            _ => (lost_interval * 256 / expected_interval).min(255) as u8,
        };
        let (last_sr, delay_since_last_sr) = self.last_sr.map_or((0, 0), |(middle, at)| {
            let since = now.saturating_duration_since(at);
            (middle, u32::try_from(since.as_micros() * 65_536 / 1_000_000).unwrap_or(u32::MAX))
        });
        Some(ReportBlock {
            ssrc: self.ssrc,
            fraction_lost,
            cumulative_lost: i32::try_from(expected as i64 - self.received as i64).unwrap_or(i32::MAX),
            highest_sequence: (self.newest - FIRST_CYCLE) as u32,
            jitter: self.jitter_16ths / 16,
            last_sr,
            delay_since_last_sr,
        })
    }

    /// Lost and expected packets of all reports since the last call.
    pub fn take_loss(&mut self) -> (u64, u64) {
        (std::mem::take(&mut self.lost_shown), std::mem::take(&mut self.expected_shown))
    }

    /// Interarrival jitter.
    #[must_use]
    pub fn jitter(&self) -> Duration {
        let ticks = u64::from(self.jitter_16ths / 16);
        Duration::from_micros(ticks * 1_000_000 / u64::from(self.clock_hz))
    }

    /// Sequence numbers to ask for now; see [`MissingList::due`].
    pub fn due(&mut self, now: Instant, round_trip: Option<Duration>, out: &mut [u16]) -> usize {
        self.missing.due(now, round_trip, out)
    }

    fn begin(&mut self, sequence: u16) {
        let number = FIRST_CYCLE + u64::from(sequence);
        self.epoch = self.epoch.wrapping_add(1);
        self.started = true;
        self.base = number;
        self.newest = number;
        self.seen = [0; (WINDOW / 64) as usize];
        self.skipped_total = 0;
        self.received = 0;
        self.expected_before = 0;
        self.received_before = 0;
        self.transit = None;
        self.clock = None;
        self.missing.clear();
    }

    fn admit(&mut self, now: Instant, number: u64) -> Result<Placed, Drop> {
        let mut was_missing = false;
        if number > self.newest {
            for skipped in self.newest + 1..=number {
                self.mark(skipped, false);
            }
            let gap = number - self.newest - 1;
            if self.repairs && gap <= MAX_REPAIRED_GAP {
                for lost in self.newest + 1..number {
                    self.missing.note(lost, now);
                }
            }
            self.newest = number;
        } else if self.has(number) {
            return Err(Drop::Duplicate);
        } else if self.repairs {
            was_missing = self.missing.came(number);
        }
        self.mark(number, true);
        self.received += 1;
        // A packet before the first one lengthens the stream at its start.
        self.base = self.base.min(number);
        Ok(Placed { sequence: number - self.skipped_before(number), epoch: self.epoch, was_missing })
    }

    fn skipped_before(&self, number: u64) -> u64 {
        let kept = self.skipped_total.min(MAX_SKIPPED as u64) as usize;
        let after = self.skipped[..kept].iter().filter(|skipped| **skipped > number).count();
        self.skipped_total - after as u64
    }

    fn has(&self, number: u64) -> bool {
        let at = number % WINDOW;
        self.seen[(at / 64) as usize] & (1 << (at % 64)) != 0
    }

    fn mark(&mut self, number: u64, seen: bool) {
        let at = number % WINDOW;
        let bit = 1u64 << (at % 64);
        let word = &mut self.seen[(at / 64) as usize];
        *word = if seen { *word | bit } else { *word & !bit };
    }

    fn measure_jitter(&mut self, now: Instant, timestamp: u32) {
        let since = now.saturating_duration_since(self.origin).as_micros();
        let ticks = (since * u128::from(self.clock_hz) / 1_000_000) as u32;
        let transit = ticks.wrapping_sub(timestamp);
        if let Some(before) = self.transit {
            // Two packets of one frame share a timestamp; their distance counts, as in A.8.
            let distance = (transit.wrapping_sub(before) as i32).unsigned_abs();
            // A source that changes its clock would poison the figure for minutes.
            if distance < self.clock_hz * 5 {
                self.jitter_16ths = self.jitter_16ths + distance - ((self.jitter_16ths + 8) >> 4);
            }
        }
        self.transit = Some(transit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds a script of packets and compares what became of each: `7` media, `7p` padding,
    /// `7r` repaired. The answer is `epoch:number` counted from the first packet, or the reason.
    fn check(first: u16, script: &str, expected: &str) {
        let now = Instant::now();
        let mut arrivals = Arrivals::new(1, 90_000, true, now);
        let mut origin = None;
        let mut seen = Vec::new();
        for entry in script.split(' ') {
            let digits = entry.trim_end_matches(['p', 'r']);
            let sequence = first.wrapping_add(digits.parse::<i32>().expect("number") as u16);
            let placed = if entry.ends_with('r') {
                arrivals.place_repaired(now, sequence, 0)
            } else {
                arrivals.place(now, sequence, 0, !entry.ends_with('p'))
            };
            seen.push(match placed {
                Ok(placed) => {
                    let origin = *origin.get_or_insert(placed.sequence);
                    format!("{}:{}", placed.epoch, placed.sequence as i64 - origin as i64)
                }
                Err(reason) => format!("{reason:?}"),
            });
        }
        assert_eq!(seen.join(" "), expected, "{script}");
    }

    #[test]
    fn numbers_run_on_over_the_wrap_and_follow_reordering() {
        check(65_534, "0 1 3 2 4 2", "1:0 1:1 1:3 1:2 1:4 Duplicate");
        check(5, "0 -1 1", "1:0 1:-1 1:1");
    }

    #[test]
    fn padding_leaves_no_gap_when_it_is_the_newest() {
        check(0, "0 1p 2 3p 4p 5", "1:0 Padding 1:1 Padding Padding 1:2");
        // Packet 1 comes after the padding that followed it: it still fits before.
        check(0, "0 2p 3 1 4", "1:0 Padding 1:2 1:1 1:3");
        // Late padding cannot be closed up any more; its number stays open.
        check(0, "0 2 1p 3", "1:0 1:2 Padding 1:3");
    }

    #[test]
    fn repaired_packets_fill_gaps_once() {
        check(0, "0 2 1r 1r 2r", "1:0 1:2 1:1 Duplicate Duplicate");
        check(0, "0r", "TooOld");
    }

    #[test]
    fn jump_is_a_restart_only_when_the_next_packet_confirms_it() {
        check(0, "0 1 20000 2", "1:0 1:1 Unconfirmed 1:2");
        check(0, "0 1 20000 20001 20002", "1:0 1:1 Unconfirmed 2:20001 2:20002");
    }

    /// Packets every 20 ms with these timestamps (in ms), `|` for a pause of 3 s; what became of each.
    fn check_clock(script: &str, expected: &str) {
        let mut now = Instant::now();
        let mut arrivals = Arrivals::new(1, 90_000, true, now);
        let (mut sequence, mut seen) = (0u16, Vec::new());
        for entry in script.split(' ') {
            now += Duration::from_millis(if entry == "|" { 3_000 } else { 20 });
            let Ok(ms) = entry.parse::<i64>() else { continue };
            sequence += 1;
            let timestamp = (ms * 90) as u32;
            seen.push(match arrivals.place(now, sequence, timestamp, true) {
                Ok(placed) => placed.epoch.to_string(),
                Err(reason) => format!("{reason:?}"),
            });
        }
        assert_eq!(seen.join(" "), expected, "{script}");
    }

    #[test]
    fn jump_of_the_clock_is_a_new_stream_when_the_next_packet_confirms_it() {
        check_clock("0 20 9000 -500 40", "1 1 1 1 1");
        check_clock("0 20 50000 40 60", "1 1 Unconfirmed 1 1");
        check_clock("0 20 50000 50020 50040", "1 1 Unconfirmed 2 2");
        check_clock("0 20 50000 90000 -70000", "1 1 Unconfirmed Unconfirmed Unconfirmed");
    }

    #[test]
    fn camera_that_was_off_may_begin_with_another_clock_at_once() {
        check_clock("0 20 | 70000 70020", "1 1 2 2");
        check_clock("0 20 | 3040 3060", "1 1 1 1");
    }

    #[test]
    fn report_counts_loss_jitter_and_the_last_sender_report() {
        let start = Instant::now();
        let mut arrivals = Arrivals::new(9, 90_000, true, start);
        assert!(arrivals.report(start).is_none());
        for packet in (0..100u16).filter(|packet| packet % 4 != 3) {
            // Every other packet is 8 ms late.
            let late = u64::from(packet % 2) * 8;
            let at = start + Duration::from_millis(u64::from(packet) * 20 + late);
            let _ = arrivals.place(at, packet, u32::from(packet) * 1800, true);
        }
        let at = start + Duration::from_secs(3);
        arrivals.sender_report(at, 0x1234_5678_9abc_def0);
        let report = arrivals.report(at + Duration::from_millis(500)).expect("packets came");
        // 99 expected up to packet 98, 24 of them lost.
        assert_eq!((report.cumulative_lost, report.fraction_lost), (24, (24 * 256 / 99) as u8));
        assert_eq!(report.highest_sequence, 98);
        assert_eq!((report.last_sr, report.delay_since_last_sr), (0x5678_9abc, 32_768));
        let jitter = arrivals.jitter();
        assert!((3..9).contains(&jitter.as_millis()), "{jitter:?}");
        let quiet = arrivals.report(at + Duration::from_secs(1)).expect("packets came");
        assert_eq!(quiet.fraction_lost, 0);
    }
}
