//! What is made once for many: outputs by content, rates by rung.

use media_mix::caption::Banner;
use media_mix::codec::Bitrate;
use media_mix::compose::{ContentKey, Scene, Seat};
use media_mix::layout::{Canvas, Layout};
use media_mix::seating::SourceId;
use media_mix::share::{GroupId, KeyRequests, OUTPUT_LIMIT, OutputId, Outputs, RUNGS, rung_of, rungs};
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

fn shared(viewers: &[u32]) -> Vec<u32> {
    let viewers: Vec<Bitrate> = viewers.iter().map(|it| Bitrate::kbit(*it)).collect();
    rungs(&viewers, Bitrate::kbit(200), Bitrate::kbit(2_000)).iter().map(|it| it.0 / 1_000).collect()
}

#[test]
fn one_rate_where_links_are_alike_and_two_where_they_are_not() {
    assert_eq!(shared(&[]), [200]);
    assert_eq!(shared(&[1_500, 1_600, 1_550]), [1_500]);
    assert_eq!(shared(&[400, 1_500, 1_600, 1_550]), [400, 1_500]);
    assert_eq!(shared(&[50, 9_000]), [200, 2_000], "never outside the bounds");
}

#[test]
fn each_viewer_gets_what_the_link_carries() {
    let rungs = [400, 1_500].map(Bitrate::kbit);
    let of = [100, 400, 1_499, 1_500, 9_000].map(|it| rung_of(Bitrate::kbit(it), &rungs));
    assert_eq!(of, [0, 0, 0, 1, 1]);
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
    fn rungs_are_few_and_no_viewer_gets_more_than_asked_for(viewers in prop::collection::vec(200_u32..2_000, 1..50)) {
        let viewers: Vec<Bitrate> = viewers.into_iter().map(Bitrate::kbit).collect();
        let rates = rungs(&viewers, Bitrate::kbit(200), Bitrate::kbit(2_000));
        prop_assert!(!rates.is_empty() && rates.len() <= RUNGS && rates.is_sorted());
        for viewer in viewers {
            prop_assert!(rates[rung_of(viewer, &rates)] <= viewer);
        }
    }
}
