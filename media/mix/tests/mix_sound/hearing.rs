//! Who is heard of many, and how well.

use super::hall::{common, tone};
use super::{Hall, Microphone, power_at};
use media_mix::sound::{Level, Loudest, Mixing, SourceId};

#[test]
fn five_of_three_hundred_are_heard_and_nobody_else_is_decoded() {
    let loud = |number: u64| if number % 60 == 7 { 0.2 } else { 0.001 };
    let microphones = (0..300).map(|it| Microphone::new(it, tone(300.0 + it as f32, loud(it)))).collect();
    let mut hall = Hall::plain(microphones);
    let rounds = hall.rounds(25);
    let last = rounds.last().expect("rounds");
    let mut heard: Vec<u64> = last.heard.iter().map(|it| it.source.0).collect();
    heard.sort_unstable();
    assert_eq!(heard, [7, 67, 127, 187, 247]);
    let decoded = |number: u64| hall.mixer.counts_of(SourceId(number)).expect("is known").1.decoded;
    assert!((0..300).all(|it| (decoded(it) > 0) == (it % 60 == 7)));
}

#[test]
fn a_source_that_says_no_level_is_heard_by_what_is_decoded() {
    let mut microphones: Vec<Microphone> =
        (0..40).map(|it| Microphone::new(it, tone(500.0, if it == 39 { 0.3 } else { 0.000_1 }))).collect();
    microphones.iter_mut().for_each(|it| it.says_level = false);
    let mut hall = Hall::plain(microphones);
    // Four turns of 200 ms.
    let rounds = hall.rounds(60);
    let heard: Vec<u64> = rounds.last().expect("rounds").heard.iter().map(|it| it.source.0).collect();
    assert_eq!(heard, [39]);
}

#[test]
fn a_level_that_is_not_true_is_found_out() {
    let mut silent = Microphone::new(1, tone(500.0, 0.000_1));
    silent.says_level = true;
    let mut hall =
        Hall::new(Mixing { heard: 1, ..Mixing::default() }, vec![Microphone::new(2, tone(700.0, 0.05))]);
    for _ in 0..150 {
        hall.now_us += 20_000;
        for (arrival_us, mut packet) in silent.arrived(hall.now_us) {
            packet.level = Some(Level(0));
            hall.mixer.receive(SourceId(1), &packet.at(arrival_us));
        }
        hall.now_us -= 20_000;
        hall.tick();
    }
    let heard: Vec<u64> = hall.tick().heard.iter().map(|it| it.source.0).collect();
    assert_eq!(heard, [2]);
}

#[test]
fn the_first_syllable_is_heard() {
    // Silent for a second, then at once loud.
    let mut hall = Hall::plain(vec![Microphone::new(
        1,
        Box::new(|at| if at < 48_000 { 0.0 } else { tone(500.0, 0.3)(at) }),
    )]);
    let heard = common(&hall.rounds(100));
    let length = heard.iter().filter(|it| it.abs() > 0.1).count() as f32;
    // 0.94 s of it can have arrived; of a tone this share is above a third of its top.
    assert!(length > 0.70 * 0.90 * 48_000.0, "{length}");
    assert!(power_at(&heard[60 * 960..90 * 960], 48_000.0, 500.0) > 0.25);
}

#[test]
fn who_is_heard_in_the_middle_of_a_word_is_no_louder_than_meant() {
    // An even hum, of which the sender says nothing for a second.
    let mut humming = Microphone::new(1, tone(300.0, 0.1));
    let mut hall = Hall::plain(Vec::new());
    let mut heard = Vec::new();
    for number in 0..100 {
        for (arrival_us, mut packet) in humming.arrived(hall.now_us + 20_000) {
            packet.level = Some(if number < 50 { Level::SILENT } else { Level(23) });
            hall.mixer.receive(SourceId(1), &packet.at(arrival_us));
        }
        heard.extend_from_slice(&*hall.tick().common);
    }
    let loudest = heard.iter().fold(0.0_f32, |most, it| most.max(it.abs()));
    assert!((0.09..0.13).contains(&loudest), "{loudest}");
    assert!(heard[..48 * 960].iter().all(|it| *it == 0.0));
}

fn told(loudest: &mut Loudest, levels: &[(u64, u8)], at_ms: u64) -> Vec<u64> {
    for (source, level) in levels {
        loudest.tell(SourceId(*source), Level(*level), at_ms * 1_000);
    }
    loudest.choose(at_ms * 1_000).iter().map(|it| it.0).collect()
}

#[test]
fn who_speaks_keeps_the_place_against_one_who_is_little_louder() {
    let mut loudest = Loudest::new(2);
    let mut now = Vec::new();
    for at in 0..100 {
        now = told(&mut loudest, &[(1, 30), (2, 32)], at * 20);
    }
    assert_eq!(now, [1, 2]);
    for at in 100..200 {
        now = told(&mut loudest, &[(1, 30), (2, 32), (3, 28)], at * 20);
    }
    assert_eq!(now, [1, 2], "4 dB louder");
    for at in 200..220 {
        now = told(&mut loudest, &[(1, 30), (2, 32), (3, 20)], at * 20);
    }
    assert_eq!(now, [1, 3], "12 dB louder for 400 ms");
    // A pause within a sentence keeps the place, a long one does not.
    for at in 220..260 {
        now = told(&mut loudest, &[(1, 127), (2, 127), (3, 20)], at * 20);
    }
    assert_eq!(now, [1, 3]);
    for at in 260..320 {
        now = told(&mut loudest, &[(1, 127), (2, 127), (3, 20)], at * 20);
    }
    assert_eq!(now, [3]);
}

#[test]
fn of_two_equally_loud_the_lower_number_is_heard() {
    let mut loudest = Loudest::new(9);
    let levels: Vec<(u64, u8)> = (0..8).rev().map(|it| (it, 30)).collect();
    for at in 0..100 {
        assert_eq!(told(&mut loudest, &levels, at * 20), [0, 1, 2, 3, 4]);
    }
}
