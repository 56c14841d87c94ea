//! Which frames go and under which numbers, for the modes that browsers send.
//!
//! Test only. A picture is a string of frames, `sST` with spatial layer and rate, in coding order.

use super::*;
use proptest::prelude::*;

const RATES: u8 = 3;

/// Marks of frame `number` as a coder with three rates writes them: `key` for a key picture, `is_full`
/// when every layer predicts from the one below it and not at key pictures alone.
fn marks(number: u16, spatial: u8, temporal: u8, key: bool, is_full: bool, diffs: &[u16]) -> FrameMarks {
    let mut indications = 0;
    for target in 0..9u8 {
        let (above, rate) = (target / RATES, target % RATES);
        let is_needed_above = key || is_full;
        let value: u64 = if above < spatial || rate < temporal || above > spatial && !is_needed_above {
            0
        } else if temporal == 2 {
            1
        } else if above == spatial || key {
            2
        } else {
            3
        };
        indications |= value << (2 * target);
    }
    let mut all = [0; 8];
    all[..diffs.len()].copy_from_slice(diffs);
    FrameMarks {
        frame: number,
        starts: true,
        ends: true,
        opens: key && spatial == 0,
        spatial,
        temporal,
        indications,
        diffs: all,
        diff_count: diffs.len() as u8,
        rests_on: None,
    }
}

fn rung(spatial: u8, temporal: u8) -> Rung {
    let target = spatial * RATES + temporal;
    Rung { target, spatial, height_px: 180 << spatial, is_thinned: temporal < 2 }
}

/// Pictures of `layers` spatial layers: a key picture, then T2 T1 T2 T0 round and round.
fn pictures(layers: u8, is_full: bool, count: u16, keys: &[u16]) -> Vec<FrameMarks> {
    let mut all = Vec::new();
    let step = u16::from(layers);
    let mut since_key = 0;
    for picture in 0..count {
        let is_key = picture == 0 || keys.contains(&picture);
        since_key = if is_key { 0 } else { since_key + 1 };
        // Pictures back to the reference: T2 to the one before, T1 two, T0 four.
        let (temporal, back) = [(0, 4), (2, 1), (1, 2), (2, 1)][usize::from(since_key % 4)];
        for spatial in 0..layers {
            let number = picture * step + u16::from(spatial);
            let mut diffs = Vec::new();
            if !is_key {
                diffs.push(back.min(since_key) * step);
            }
            if spatial > 0 && (is_key || is_full) {
                diffs.push(1);
            }
            all.push(marks(number, spatial, temporal, is_key, is_full, &diffs));
        }
    }
    all
}

/// What a receiver gets of `frames` when the wish changes at the given frames: `sST` of each frame, the
/// last one of a picture with `.`; every frame that goes must be decodable.
fn check(frames: &[FrameMarks], wishes: &[(u16, Rung)], expected: &str) {
    let mut wished = wishes[0].1;
    let mut thinning = Thinning::starting(&frames[0], wished);
    let mut passed = std::collections::BTreeSet::new();
    let mut seen = String::new();
    for frame in frames {
        if let Some((_, next)) = wishes.iter().find(|(at, _)| *at == frame.frame) {
            wished = *next;
        }
        let fate = thinning.fate(frame, wished);
        assert_eq!(thinning.fate(frame, wished), fate, "all packets of a frame share one fate");
        if fate.is_passed {
            assert!(frame.depends_on().all(|it| passed.contains(&it)), "{} in {seen}", frame.frame);
            passed.insert(frame.frame);
            let end = if fate.ends_picture { ". " } else { " " };
            seen += &format!("{}{}{end}", frame.spatial, frame.temporal);
        }
    }
    assert_eq!(seen.trim(), expected);
}

#[test]
fn size_goes_up_at_a_key_picture_only() {
    let frames = pictures(3, false, 8, &[5]);
    let keys = [(0, rung(0, 2)), (2, rung(2, 2))];
    check(&frames, &keys, "00. 02. 01. 02. 00. 00 10 20. 22. 21.");
    let frames = pictures(3, true, 7, &[5]);
    check(&frames, &keys, "00. 02. 01. 02. 00. 00 10 20. 02 12 22.");
}

#[test]
fn size_goes_down_at_once_where_the_smaller_ones_were_passed_and_else_at_a_key_picture() {
    let wishes = [(0, rung(2, 2)), (6, rung(1, 2))];
    check(&pictures(3, true, 4, &[]), &wishes, "00 10 20. 02 12 22. 01 11. 02 12.");
    // All that picture 2 needs of the middle size was part of the key picture.
    check(&pictures(3, false, 4, &[]), &wishes, "00 10 20. 22. 11. 12.");
    // Picture 4 of the middle size was left out, and picture 6 depends on it.
    let wishes = [(0, rung(2, 2)), (15, rung(1, 2))];
    let frames = pictures(3, false, 10, &[8]);
    check(&frames, &wishes, "00 10 20. 22. 21. 22. 20. 22. 21. 22. 00 10. 12.");
}

#[test]
fn rate_goes_down_at_once_and_up_where_a_frame_says_so() {
    let wishes = [(0, rung(0, 2)), (2, rung(0, 0)), (6, rung(0, 2))];
    check(&pictures(1, false, 12, &[]), &wishes, "00. 02. 00. 01. 02. 00. 02. 01. 02.");
}

#[test]
fn frame_that_comes_late_is_part_of_what_goes_or_not() {
    let frames = pictures(2, false, 4, &[]);
    let mut thinning = Thinning::starting(&frames[0], rung(0, 2));
    assert!(thinning.fate(&frames[4], rung(0, 2)).is_passed);
    assert!(!thinning.fate(&frames[3], rung(0, 2)).is_passed, "the larger size");
    assert!(thinning.fate(&frames[2], rung(0, 2)).is_passed);
}

#[test]
fn number_kept_for_what_was_missing_is_used_or_filled() {
    let mut numbers = Renumbering::starting(100, 1);
    assert_eq!(numbers.number(101, false, false), Numbered::Left);
    assert_eq!(numbers.number(104, true, false), Numbered::Goes(4));
    assert_eq!(numbers.number(102, true, false), Numbered::Goes(2));
    assert_eq!(numbers.number(103, false, false), Numbered::Fill(3));
    // What is missing within a frame that does not go needs no number.
    assert_eq!(numbers.number(105, false, false), Numbered::Left);
    assert_eq!(numbers.number(108, false, true), Numbered::Left);
    assert_eq!(numbers.number(106, false, true), Numbered::Left);
    assert_eq!(numbers.number(109, true, false), Numbered::Goes(5));
    assert_eq!(numbers.find(5, 100), Some((109, false)));
    assert_eq!(numbers.find(2, 100), Some((102, false)));
    assert_eq!(numbers.find(6, 100), None);
}

proptest! {
    // Whatever is lost, comes late or is left out: no index twice, none without a packet in the end,
    // and each found again.
    #[test]
    fn numbers_have_no_gaps_and_are_found_again(
        first in 70_000u64..1 << 40,
        index in 1u64..1 << 33,
        packets in prop::collection::vec((any::<bool>(), 0u8..5), 1..300),
    ) {
        let mut numbers = Renumbering::starting(first, index);
        let mut given = std::collections::BTreeMap::from([(index, first)]);
        let mut late: Vec<(u64, bool, usize)> = Vec::new();
        for (step, (is_passed, delay)) in packets.iter().enumerate() {
            let sequence = first + 1 + step as u64;
            late.push((sequence, *is_passed, step + usize::from(*delay)));
            let (due, rest): (Vec<_>, Vec<_>) = late.drain(..).partition(|it| it.2 <= step);
            late = rest;
            for (sequence, is_passed, _) in due {
                match numbers.number(sequence, is_passed, false) {
                    Numbered::Goes(at) => {
                        prop_assert!(is_passed && given.insert(at, sequence).is_none(), "{} twice", at);
                        prop_assert_eq!(numbers.find(at, first), Some((sequence, false)));
                    }
                    Numbered::Fill(at) => {
                        prop_assert!(!is_passed && given.insert(at, sequence).is_none());
                    }
                    Numbered::Left => prop_assert!(!is_passed),
                }
            }
        }
        for (sequence, is_passed, _) in late {
            if let Numbered::Goes(at) | Numbered::Fill(at) = numbers.number(sequence, is_passed, false) {
                prop_assert!(given.insert(at, sequence).is_none());
            }
        }
        let last = *given.keys().next_back().expect("the first");
        prop_assert_eq!(given.len() as u64, last - index + 1, "a number stayed empty");
    }
}
