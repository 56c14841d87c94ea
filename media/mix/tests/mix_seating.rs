//! Who sits where: voices with hold, queue, patrol, the chair's choice, and places that are kept.

use media_mix::layout::Layout;
use media_mix::seating::{Loudness, Present, Rule, Seated, Seating, SourceId, Timing};
use proptest::prelude::*;
use std::time::Duration;

const fn ms(value: u64) -> Duration {
    Duration::from_millis(value)
}

fn ids(letters: &str) -> Vec<SourceId> {
    letters.bytes().map(|letter| SourceId(letter.into())).collect()
}

/// Letters by seat, `.` for a free one.
fn shown(seats: &[Option<SourceId>]) -> String {
    seats.iter().map(|seat| seat.map_or('.', |it| it.0 as u8 as char)).collect()
}

/// A conference whose people are letters.
struct Hall {
    seating: Seating,
    rule: Rule,
    now: Duration,
}

impl Hall {
    fn new(layout: Layout, rule: Rule) -> Self {
        Self { seating: Seating::new(layout, Timing::default()), rule, now: ms(10_000) }
    }

    /// A look `later` with these people present, of whom some speak, others wait or are pinned.
    fn look(
        &mut self,
        later: u64,
        all: &str,
        voices: &[(char, u8)],
        queue: &str,
        pinned: &[(usize, char)],
    ) -> Seated {
        self.now += ms(later);
        let (all, queue) = (ids(all), ids(queue));
        let voices: Vec<_> = voices.iter().map(|(one, db)| (SourceId(*one as u64), Loudness(*db))).collect();
        let pinned: Vec<_> = pinned.iter().map(|(seat, one)| (*seat, SourceId(*one as u64))).collect();
        let present = Present { all: &all, voices: &voices, queue: &queue, pinned: &pinned };
        self.seating.seat(self.now, self.rule, &present)
    }

    /// The same person speaks at every look for as long.
    fn speak(&mut self, for_ms: u64, all: &str, who: char) -> String {
        let mut seats = String::new();
        for _ in 0..=for_ms / 100 {
            seats = shown(&self.look(100, all, &[(who, 20)], "", &[]).for_all);
        }
        seats
    }
}

#[test]
fn a_voice_comes_in_front_and_changes_places_with_the_one_before() {
    let mut hall = Hall::new(Layout::OneAndThree, Rule::Voice);
    assert_eq!(hall.speak(300, "ABCDE", 'A'), "ABCD");
    assert_eq!(hall.speak(2_000, "ABCDE", 'C'), "CBAD");
    assert_eq!(hall.speak(2_000, "ABCDE", 'E'), "EBAC", "who has not spoken longest gives way");
}

#[test]
fn a_switch_is_there_within_300_ms_once_the_hold_is_over() {
    let mut hall = Hall::new(Layout::Full, Rule::Voice);
    hall.speak(5_000, "AB", 'A');
    hall.look(20, "AB", &[('B', 20)], "", &[]);
    assert_eq!(shown(&hall.look(180, "AB", &[('B', 20)], "", &[]).for_all), "A");
    assert_eq!(shown(&hall.look(40, "AB", &[('B', 20)], "", &[]).for_all), "B");
}

#[test]
fn a_cough_moves_nobody() {
    let mut hall = Hall::new(Layout::Full, Rule::Voice);
    hall.speak(5_000, "AB", 'A');
    hall.look(20, "AB", &[('B', 10)], "", &[]);
    assert_eq!(shown(&hall.look(150, "AB", &[('B', 10)], "", &[]).for_all), "A");
    hall.look(20, "AB", &[], "", &[]);
    assert_eq!(shown(&hall.look(5_000, "AB", &[], "", &[]).for_all), "A", "in silence the last one stays");
}

#[test]
fn who_came_in_front_stays_for_the_hold() {
    let mut hall = Hall::new(Layout::Full, Rule::Voice);
    hall.speak(300, "AB", 'A');
    let since = hall.now;
    while hall.now - since < ms(1_000) {
        assert_eq!(shown(&hall.look(100, "AB", &[('B', 10)], "", &[]).for_all), "A");
    }
    assert_eq!(hall.speak(600, "AB", 'B'), "B");
}

#[test]
fn who_interrupts_must_be_clearly_louder() {
    let mut hall = Hall::new(Layout::Full, Rule::Voice);
    hall.speak(5_000, "AB", 'A');
    for _ in 0..20 {
        assert_eq!(shown(&hall.look(100, "AB", &[('A', 20), ('B', 16)], "", &[]).for_all), "A");
    }
    for _ in 0..5 {
        hall.look(100, "AB", &[('A', 20), ('B', 13)], "", &[]);
    }
    assert_eq!(shown(&hall.look(100, "AB", &[('A', 20), ('B', 13)], "", &[]).for_all), "B");
}

#[test]
fn nobody_moves_when_another_leaves_or_comes() {
    let mut hall = Hall::new(Layout::Grid3, Rule::Voice);
    assert_eq!(shown(&hall.look(0, "ABCDE", &[], "", &[]).for_all), "ABCDE....");
    assert_eq!(shown(&hall.look(9, "ACDE", &[], "", &[]).for_all), "A.CDE....");
    assert_eq!(shown(&hall.look(9, "ACDEFG", &[], "", &[]).for_all), "AFCDEG...");
}

#[test]
fn the_place_in_front_is_not_empty_when_the_speaker_leaves() {
    let mut hall = Hall::new(Layout::OneAndThree, Rule::Voice);
    hall.speak(300, "ABCD", 'A');
    hall.speak(2_000, "ABCD", 'C');
    assert_eq!(
        shown(&hall.look(100, "ABD", &[], "", &[]).for_all),
        "AB.D",
        "the one who led before leads again"
    );
}

#[test]
fn the_queue_leads_in_its_order() {
    let mut hall = Hall::new(Layout::OneAndThree, Rule::Queue);
    assert_eq!(shown(&hall.look(0, "ABCDEF", &[], "FEC", &[]).for_all), "FECA");
    assert_eq!(shown(&hall.look(0, "ABCDEF", &[], "EC", &[]).for_all), "EFCA", "who has spoken keeps a seat");
    assert_eq!(shown(&hall.look(0, "ABCDEF", &[], "", &[]).for_all), "EFCA", "and the last one stays");
}

#[test]
fn a_patrol_goes_on_from_its_place() {
    let mut hall = Hall::new(Layout::Full, Rule::Patrol { every: ms(1_000) });
    let mut seen = |later, all| shown(&hall.look(later, all, &[], "", &[]).for_all);
    assert_eq!(seen(0, "ABCD"), "A");
    assert_eq!(seen(999, "ABCD"), "A");
    assert_eq!(seen(1, "ABCD"), "B");
    assert_eq!(seen(500, "ACD"), "C", "B left, C has a whole turn");
    assert_eq!(seen(999, "ACD"), "C");
    assert_eq!(seen(1, "AXCD"), "D", "somebody came in before");
    assert_eq!(seen(1_000, "AXCD"), "A");
}

#[test]
fn a_patrol_over_a_grid_shows_page_after_page() {
    let mut hall = Hall::new(Layout::Grid2, Rule::Patrol { every: ms(1_000) });
    let mut pages = Vec::new();
    for later in [0, 1_000, 1_000] {
        let mut page: Vec<u8> = shown(&hall.look(later, "ABCDEF", &[], "", &[]).for_all).into_bytes();
        page.sort_unstable();
        pages.push(String::from_utf8(page).expect("letters"));
    }
    assert_eq!(pages[0], "ABCD");
    assert!(pages[1].contains('E') && pages[1].contains('F'), "{pages:?}");
    assert_eq!(pages[2], "ABCD");
}

#[test]
fn what_the_chair_pinned_stays_whoever_speaks_or_leaves() {
    let mut hall = Hall::new(Layout::OneAndThree, Rule::Voice);
    let pinned = [(0, 'D'), (2, 'A')];
    assert_eq!(shown(&hall.look(0, "ABCD", &[('B', 9)], "", &pinned).for_all), "DBAC");
    assert_eq!(shown(&hall.look(900, "ABCD", &[('B', 9)], "", &pinned).for_all), "DBAC");
    assert_eq!(shown(&hall.look(900, "ABC", &[('B', 9)], "", &pinned).for_all), ".BAC", "kept free for D");
    hall.rule = Rule::Chosen;
    assert_eq!(
        shown(&hall.look(0, "ABCD", &[('B', 9)], "", &pinned).for_all),
        "D.A.",
        "the chair's choice alone"
    );
}

#[test]
fn a_pin_outside_the_layout_is_no_pin() {
    let mut hall = Hall::new(Layout::Grid2, Rule::Voice);
    assert_eq!(shown(&hall.look(0, "AB", &[], "", &[(99, 'B')]).for_all), "AB..");
}

#[test]
fn the_speaker_sees_the_one_before() {
    let mut hall = Hall::new(Layout::OneAndThree, Rule::Voice);
    hall.speak(300, "ABCDE", 'A');
    hall.speak(2_000, "ABCDE", 'C');
    let seated = hall.look(100, "ABCDE", &[], "", &[]);
    assert_eq!(shown(&seated.for_all), "CBAD");
    let (speaker, seats) = seated.for_speaker.expect("somebody speaks");
    assert_eq!((speaker, shown(&seats).as_str()), (SourceId('C' as u64), "ABED"));
}

#[test]
fn alone_the_speaker_sees_nobody() {
    let mut hall = Hall::new(Layout::Full, Rule::Voice);
    hall.speak(300, "A", 'A');
    let (_, seats) = hall.look(0, "A", &[], "", &[]).for_speaker.expect("A speaks");
    assert_eq!(shown(&seats), ".");
}

#[test]
fn the_seat_of_the_document_is_nobody_elses() {
    let mut hall = Hall::new(Layout::ContentAndRow, Rule::Voice);
    assert_eq!(shown(&hall.look(0, "ABCDEF", &[], "", &[]).for_all), ".ABCD");
    assert_eq!(shown(&hall.look(0, "ABCDEFx", &[], "", &[(0, 'x')]).for_all), "xABCD");
    assert_eq!(shown(&hall.look(9, "ABCDEFx", &[('F', 9)], "", &[(0, 'x')]).for_all), "xABCD");
    assert_eq!(shown(&hall.look(300, "ABCDEFx", &[('F', 9)], "", &[(0, 'x')]).for_all), "xABCF");
}

#[test]
fn another_layout_keeps_the_order_of_people() {
    let mut hall = Hall::new(Layout::OneAndThree, Rule::Voice);
    hall.speak(300, "ABCD", 'A');
    hall.speak(2_000, "ABCD", 'C');
    hall.seating.change(Layout::OneAndFive);
    assert_eq!(shown(&hall.look(0, "ABCDE", &[], "", &[]).for_all), "CBADE.");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nobody_sits_twice_and_only_those_present_sit(
        looks in prop::collection::vec((0_u64..3_000, 0_u32..256, 0_u8..8, 0_u8..4, 0_usize..11), 1..60),
    ) {
        let mut seating = Seating::new(Layout::Grid2, Timing::default());
        let mut now = ms(0);
        for (later, mask, voice, rule, layout) in looks {
            now += ms(later);
            seating.change(Layout::ALL[layout]);
            let all: Vec<SourceId> = (0..8).filter(|bit| mask >> bit & 1 == 1).map(SourceId).collect();
            let voice = SourceId(voice.into());
            let rule = [Rule::Voice, Rule::Queue, Rule::Patrol { every: ms(500) }, Rule::Chosen][usize::from(rule)];
            let (queue, pinned) = ([voice, SourceId(3)], [(1, SourceId(2)), (usize::from(mask as u8 % 30), voice)]);
            let voices = [(voice, Loudness(20))];
            let present = Present { all: &all, voices: &voices, queue: &queue, pinned: &pinned };
            let seated = seating.seat(now, rule, &present);
            let both = [Some(&seated.for_all), seated.for_speaker.as_ref().map(|(_, it)| it)];
            for seats in both.into_iter().flatten() {
                prop_assert_eq!(seats.len(), Layout::ALL[layout].seats());
                let mut sitting: Vec<SourceId> = seats.iter().flatten().copied().collect();
                prop_assert!(sitting.iter().all(|it| all.contains(it)), "{:?} of {:?}", sitting, all);
                sitting.sort_unstable();
                sitting.dedup();
                prop_assert_eq!(sitting.len(), seats.iter().flatten().count(), "{:?}", seats);
            }
            if let Some((speaker, seats)) = &seated.for_speaker {
                prop_assert!(!seats.contains(&Some(*speaker)));
            }
        }
    }
}
