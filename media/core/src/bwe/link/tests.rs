//! The rules of `LinkEstimate`, each alone: a line of a few numbers, reports every 50 ms.

use super::*;

const FEEDBACK_MS: u64 = 50;
const STEP_MS: u64 = 5;
const PACKET: u64 = 1_000;
const FLIGHT_US: i64 = 20_000;

/// A line, what is sent along it, and what its receiver reports.
struct Line {
    estimate: LinkEstimate,
    start: Instant,
    ms: u64,
    capacity_bps: u64,
    /// What is sent; `None` sends what is believed.
    sent_bps: Option<u64>,
    /// Every so manieth packet is lost, 0 for none.
    loses: u64,
    /// Nothing comes back.
    is_mute: bool,
    extra_us: i64,
    owed: u64,
    count: u64,
    free_us: i64,
    flying: Vec<(Told, bool)>,
    waiting_since: Option<Instant>,
    probes: u64,
}

impl Line {
    fn new(capacity_bps: u64) -> Self {
        let start = Instant::now();
        Self {
            estimate: LinkEstimate::new(start),
            start,
            ms: 0,
            capacity_bps,
            sent_bps: None,
            loses: 0,
            is_mute: false,
            extra_us: 0,
            owed: 0,
            count: 0,
            free_us: 0,
            flying: Vec::new(),
            waiting_since: None,
            probes: 0,
        }
    }

    fn wanting(capacity_bps: u64, wanted_bps: u64) -> Self {
        let mut line = Self::new(capacity_bps);
        line.estimate.want(wanted_bps);
        line
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_millis(self.ms)
    }

    fn bps(&self) -> u64 {
        u64::from(self.estimate.bps())
    }

    fn packet(&mut self, bytes: u64, probe: u8) {
        self.count += 1;
        self.waiting_since.get_or_insert(self.start + Duration::from_millis(self.ms));
        let sent_us = self.ms * 1000;
        self.free_us = self.free_us.max(sent_us as i64) + (bytes * 8_000_000 / self.capacity_bps) as i64;
        let arrival_us = self.free_us + FLIGHT_US + self.extra_us;
        let is_lost = self.loses > 0 && self.count.is_multiple_of(self.loses);
        self.flying.push((Told { sent_us, arrival_us, bytes: bytes as u16, probe }, is_lost));
    }

    fn step(&mut self) {
        let wanted = self.estimate.wanted_bps;
        let sends = self.sent_bps.unwrap_or_else(|| self.bps().min(wanted));
        self.owed += sends * STEP_MS / 8000;
        while self.owed >= PACKET {
            self.owed -= PACKET;
            self.packet(PACKET, 0);
        }
        while let Some((train, mut left)) = self.estimate.probe_due(self.now()) {
            self.probes += 1;
            while left > 0 {
                let bytes = left.min(255);
                left -= bytes;
                self.packet(u64::from(bytes), train);
            }
        }
        self.estimate.tick(self.now(), self.waiting_since);
        if self.ms.is_multiple_of(FEEDBACK_MS) && !self.is_mute {
            self.report();
        }
        self.ms += STEP_MS;
        assert!(
            (u64::from(MIN_BPS)..=u64::from(MAX_BPS)).contains(&self.bps()),
            "{} at {}",
            self.bps(),
            self.ms
        );
    }

    fn report(&mut self) {
        let now_us = self.ms as i64 * 1000;
        let (come, flying) = self.flying.drain(..).partition::<Vec<_>, _>(|it| it.0.arrival_us <= now_us);
        self.flying = flying;
        let (mut arrived, mut lost) = (0, 0);
        for (told, is_lost) in &come {
            if *is_lost {
                lost += u32::from(told.probe == 0);
            } else {
                arrived += u32::from(told.probe == 0);
                self.estimate.arrived(self.now(), told);
            }
        }
        if !come.is_empty() {
            self.waiting_since = None;
            let under_way = self.flying.iter().map(|it| u64::from(it.0.bytes)).sum();
            self.estimate.judge(self.now(), arrived, lost, || under_way);
        }
    }

    fn run(&mut self, ms: u64) -> u64 {
        let end = self.ms + ms;
        while self.ms < end {
            self.step();
        }
        self.bps()
    }
}

fn is_within(seen: u64, least: u64, most: u64) {
    assert!((least..=most).contains(&seen), "{seen}, expected {least} to {most}");
}

#[test]
fn wide_line_is_believed_to_carry_what_is_wanted_within_a_second_and_no_more() {
    let mut line = Line::wanting(100_000_000, 3_000_000);
    // A train asks for a quarter more than is wanted, and what went between its packets counts.
    is_within(line.run(1_000), 3_000_000, 3_000_000 * 7 / 4);
    is_within(line.run(20_000), 3_000_000, 3_000_000 * 7 / 4);
}

#[test]
fn line_on_which_nothing_more_is_wanted_is_not_probed() {
    let mut line = Line::wanting(100_000_000, 300_000);
    line.run(4_000);
    let probes = line.probes;
    line.run(20_000);
    assert_eq!(line.probes, probes, "everything that is wanted is carried");
}

#[test]
fn narrow_line_is_found_and_used_almost_fully() {
    for capacity in [300_000, 1_000_000, 4_000_000] {
        let mut line = Line::wanting(capacity, 20_000_000);
        line.run(5_000);
        let mut sum = 0;
        for _ in 0..100 {
            let bps = line.run(200);
            assert!(bps <= capacity * 125 / 100, "{bps} believed of {capacity}");
            sum += bps;
        }
        is_within(sum / 100, capacity * 75 / 100, capacity * 105 / 100);
    }
}

#[test]
fn line_that_narrows_is_followed_within_two_seconds() {
    let mut line = Line::wanting(4_000_000, 20_000_000);
    line.run(10_000);
    line.capacity_bps = 800_000;
    assert!(line.run(2_000) <= 900_000, "{}", line.bps());
}

#[test]
fn line_that_widens_is_found_again_by_probes() {
    let mut line = Line::wanting(800_000, 4_000_000);
    line.run(10_000);
    line.capacity_bps = 20_000_000;
    assert!(line.run(15_000) >= 4_000_000, "{}", line.bps());
}

#[test]
fn short_queue_while_little_is_sent_makes_it_give_way_a_little() {
    let mut line = Line::wanting(100_000_000, 3_000_000);
    line.run(5_000);
    line.sent_bps = Some(300_000);
    line.run(2_000);
    let before = line.bps();
    // A busy receiver: everything comes later and later, up to 80 ms.
    for _ in 0..16 {
        line.extra_us += 5_000;
        line.run(50);
    }
    assert!(line.bps() < before, "{} after {before}", line.bps());
    assert!(line.bps() >= before / 2, "{} is no answer to 80 ms while {before} was proven", line.bps());
}

#[test]
fn deep_queue_makes_it_fall_to_what_arrives() {
    let mut line = Line::wanting(2_000_000, 20_000_000);
    line.run(10_000);
    line.capacity_bps = 1_000_000;
    line.sent_bps = Some(1_900_000);
    line.run(1_500);
    is_within(line.bps(), 700_000, 1_000_000);
}

#[test]
fn light_loss_costs_nothing_and_a_second_of_heavy_loss_costs_what_was_lost() {
    let mut line = Line::wanting(100_000_000, 2_000_000);
    line.run(5_000);
    let before = line.bps();
    line.loses = 60;
    assert!(line.run(5_000) >= before, "{} after {before}", line.bps());
    line.loses = 4;
    line.run(1_600);
    is_within(line.bps(), 1_000_000, 2_000_000 * 90 / 100 * 3 / 4 + 100_000);
}

#[test]
fn loss_of_the_line_itself_is_not_answered_twice() {
    let mut line = Line::wanting(100_000_000, 2_000_000);
    line.run(5_000);
    line.loses = 5;
    let after_first = line.run(1_600);
    assert!(line.run(6_000) >= after_first * 9 / 10, "{} after {after_first}", line.bps());
}

#[test]
fn line_through_which_nothing_comes_keeps_one_voice() {
    let mut line = Line::wanting(100_000_000, 2_000_000);
    line.run(5_000);
    line.loses = 1;
    line.run(3_000);
    assert_eq!(line.bps(), u64::from(MIN_BPS));
}

#[test]
fn silent_line_is_halved_twice_a_second_and_carries_what_is_wanted_soon_after() {
    let mut line = Line::wanting(100_000_000, 3_000_000);
    line.run(5_000);
    let before = line.bps();
    line.is_mute = true;
    line.run(1_400);
    assert_eq!(line.bps(), before, "a pause of the radio");
    line.run(1_300);
    is_within(line.bps(), before / 8, before / 2);
    line.run(6_000);
    assert_eq!(line.bps(), u64::from(MIN_BPS));
    line.is_mute = false;
    line.flying.clear();
    assert!(line.run(2_500) >= 3_000_000, "{} two seconds after, {before} before", line.bps());
}

#[test]
fn line_that_never_reported_is_not_called_silent() {
    let mut line = Line::wanting(100_000_000, 3_000_000);
    line.is_mute = true;
    line.sent_bps = Some(200_000);
    assert_eq!(line.run(5_000), u64::from(FIRST_BPS));
}

#[test]
fn limit_that_the_viewer_names_holds_whatever_the_line_carries() {
    let mut line = Line::wanting(100_000_000, 3_000_000);
    line.run(5_000);
    line.estimate.cap(700_000);
    assert_eq!(line.bps(), 700_000);
    assert_eq!(line.run(3_000), 700_000);
    line.estimate.cap(0);
    assert_eq!(line.bps(), u64::from(MIN_BPS));
    line.estimate.cap(u64::MAX);
    assert!(line.run(1_000) >= 700_000);
}

/// Receiver reports only, one a second, with this share of 256 lost; the estimate after each.
fn reported(losses: &[u8]) -> Vec<u64> {
    let start = Instant::now();
    let mut estimate = LinkEstimate::new(start);
    estimate.assume_office_line();
    let mut bps = Vec::new();
    for (at, lost) in losses.iter().enumerate() {
        let now = start + Duration::from_secs(at as u64 + 1);
        estimate.judge_report(now, u64::from(estimate.bps()) / 8, *lost);
        bps.push(u64::from(estimate.bps()));
    }
    bps
}

#[test]
fn viewer_without_transport_feedback_is_an_office_line_that_only_losses_correct() {
    let calm = reported(&[0; 10]);
    assert!(calm[0] >= u64::from(OFFICE_BPS), "{calm:?}");
    assert!(calm.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] * 100 <= pair[0] * 108), "{calm:?}");
    let lossy = reported(&[0, 0, 80, 80, 0, 0, 0, 0, 0, 0, 0, 0]);
    let fallen = lossy[3];
    assert!(fallen < lossy[1] * 7 / 10, "{lossy:?}");
    // Only meeting the limit again tells it, so it waits before it tries.
    assert!(lossy[4..7].iter().all(|bps| *bps == fallen), "{lossy:?}");
    assert!(lossy[11] > fallen, "{lossy:?}");
}

#[test]
fn reports_of_total_loss_leave_one_voice_at_least() {
    let dead = reported(&[255; 60]);
    assert!(dead.last().is_some_and(|bps| *bps >= u64::from(MIN_BPS)), "{dead:?}");
}
