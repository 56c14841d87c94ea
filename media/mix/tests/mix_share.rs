//! What is made once for many: outputs by content, rates by rung.

use media_mix::caption::Banner;
use media_mix::codec::Bitrate;
use media_mix::compose::{ContentKey, Scene, Seat};
use media_mix::layout::{Canvas, Layout};
use media_mix::seating::SourceId;
use media_mix::share::{
    GroupId, KeyRequests, OUTPUT_LIMIT, OutputId, Outputs, RUNGS, Rung, RungNeeds, Teller,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;

/// The key of a scene that shows this source alone.
fn key(source: u64) -> ContentKey {
    let seat = Seat { source: Some(SourceId(source)), ..Seat::default() };
    Scene { canvas: Canvas::HD, layout: Layout::Full, seats: vec![seat], banner: Banner::default() }.key()
}

fn assign(outputs: &mut Outputs, wishes: &[(u64, u64)]) -> Vec<Option<u64>> {
    let keyed: Vec<_> = wishes.iter().map(|(group, content)| (GroupId(*group), key(*content))).collect();
    let shown = outputs.assign(&keyed);
    wishes.iter().map(|(group, _)| shown.get(&GroupId(*group)).map(|it| it.0)).collect()
}

#[test]
fn all_who_want_the_same_see_one_output() {
    let mut outputs = Outputs::new(10);
    let wishes: Vec<(u64, u64)> = (0..277).map(|group| (group, 1)).collect();
    assert_eq!(assign(&mut outputs, &wishes), vec![Some(0); 277]);
}

#[test]
fn an_output_goes_on_when_all_its_groups_want_something_else() {
    let mut outputs = Outputs::new(10);
    assert_eq!(assign(&mut outputs, &[(1, 5), (2, 5), (3, 9)]), [Some(0), Some(0), Some(1)]);
    assert_eq!(assign(&mut outputs, &[(1, 6), (2, 6), (3, 9)]), [Some(0), Some(0), Some(1)]);
}

#[test]
fn who_leaves_a_crowd_gets_another_output_and_the_crowd_keeps_its_own() {
    let mut outputs = Outputs::new(10);
    assign(&mut outputs, &[(1, 5), (2, 5), (3, 5)]);
    assert_eq!(assign(&mut outputs, &[(1, 6), (2, 5), (3, 5)]), [Some(1), Some(0), Some(0)]);
    assert_eq!(assign(&mut outputs, &[(1, 5), (2, 5), (3, 5)]), [Some(0), Some(0), Some(0)]);
    assert_eq!(
        assign(&mut outputs, &[(1, 6), (2, 5), (3, 5)]),
        [Some(2), Some(0), Some(0)],
        "numbers are never given twice"
    );
}

#[test]
fn a_hundred_contents_at_once_are_bounded_and_counted() {
    let mut outputs = Outputs::new(1_000);
    let wishes: Vec<(u64, u64)> = (0..100).map(|it| (it, it)).collect();
    let shown = assign(&mut outputs, &wishes);
    assert_eq!(shown.iter().flatten().count(), OUTPUT_LIMIT);
    assert_eq!(outputs.refused(), 100 - OUTPUT_LIMIT as u64);
}

#[test]
fn key_requests_wait_for_the_second_to_be_over() {
    let mut keys = KeyRequests::default();
    let at = Duration::from_millis;
    assert!(!keys.is_due(at(0)));
    keys.ask();
    assert!(keys.is_due(at(0)));
    keys.sent(at(0));
    keys.ask();
    keys.ask();
    assert!(!keys.is_due(at(999)));
    assert!(keys.is_due(at(1_000)));
    keys.sent(at(1_000));
    assert!(!keys.is_due(at(5_000)), "nobody asked since");
    assert_eq!(keys.counts(), (3, 2));
}

const ONE: Teller = Teller { link: 0, shard: 0 };
const OTHER: Teller = Teller { link: 0, shard: 1 };
const LOW: u8 = 1;
const MIDDLE: u8 = 2;
const FULL: u8 = 4;

/// `steps`: at which second who needs what. The rungs behind each step and a second before the next.
fn rungs_after(steps: &[(u64, Teller, u8)]) -> Vec<Vec<Rung>> {
    let mut needs = RungNeeds::default();
    let mut made = Vec::new();
    for (second, teller, bits) in steps {
        let now = Duration::from_secs(*second);
        made.push(needs.rungs(now.saturating_sub(Duration::from_millis(1))).to_vec());
        needs.tell(now, *teller, *bits);
        made.push(needs.rungs(now).to_vec());
    }
    made.dedup();
    made
}

#[test]
fn lower_rate_is_made_when_a_link_goes_on_to_need_it_and_ends_with_it() {
    let full = vec![Rung::Full];
    let both = vec![Rung::Low, Rung::Full];
    let made = rungs_after(&[(0, ONE, 7), (1, ONE, FULL), (5, ONE, LOW | FULL), (8, ONE, FULL)]);
    assert_eq!(made, [full.clone(), both, full], "who has just come needs all for a moment");
}

#[test]
fn one_encode_is_enough_where_all_links_are_alike() {
    let made = rungs_after(&[(0, ONE, LOW), (1, ONE, LOW), (3, ONE, LOW), (9, ONE, LOW | FULL)]);
    let expected = [vec![Rung::Full], vec![Rung::Low], vec![Rung::Low, Rung::Full]];
    assert_eq!(
        made, expected,
        "what there was goes on until the low rate is sure, the full one comes at once"
    );
    assert_eq!(rungs_after(&[(0, ONE, FULL), (5, ONE, 0), (9, ONE, 0)]), [vec![Rung::Full]]);
}

#[test]
fn needs_of_all_shards_count_and_two_rates_are_the_most() {
    let made = rungs_after(&[(0, ONE, FULL), (1, OTHER, MIDDLE), (4, ONE, LOW | FULL), (9, ONE, LOW)]);
    let expected = [
        vec![Rung::Full],
        vec![Rung::Middle, Rung::Full],
        vec![Rung::Low, Rung::Full],
        vec![Rung::Low, Rung::Middle],
    ];
    assert_eq!(made, expected);
}

#[test]
fn rates_are_parts_of_the_whole_and_none_is_too_low() {
    let of = |kbit| Rung::ALL.map(|rung| rung.rate(Bitrate::kbit(kbit)).0 / 1_000);
    assert_eq!(of(1_500), [187, 500, 1_500]);
    assert_eq!(of(300), [150, 150, 300]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_output_never_shows_two_contents(
        turns in prop::collection::vec(prop::collection::vec(0_u64..6, 1..20), 1..20),
    ) {
        let mut outputs = Outputs::new(4);
        for contents in turns {
            let wishes: Vec<_> = contents.iter().enumerate().map(|(group, it)| (GroupId(group as u64), key(*it))).collect();
            let shown = outputs.assign(&wishes);
            let pairs: BTreeSet<(OutputId, ContentKey)> =
                wishes.iter().filter_map(|(group, key)| Some((*shown.get(group)?, *key))).collect();
            let distinct: BTreeSet<OutputId> = pairs.iter().map(|(output, _)| *output).collect();
            prop_assert_eq!(pairs.len(), distinct.len());
            prop_assert!(distinct.len() <= 4);
        }
    }

    #[test]
    fn rungs_are_few_and_never_none(steps in prop::collection::vec((0_u64..3_000, 0_u8..3, 0_u8..8), 1..60)) {
        let mut needs = RungNeeds::default();
        let mut now = Duration::ZERO;
        for (later, shard, bits) in steps {
            now += Duration::from_millis(later);
            needs.tell(now, Teller { link: 0, shard }, bits);
            let rungs = needs.rungs(now);
            prop_assert!(!rungs.is_empty() && rungs.len() <= RUNGS && rungs.is_sorted());
        }
    }
}
