//! Ways that lose, delay and mix up packets.

use super::hall::{Owned, TICK_US, common, tone, voice};
use super::{Hall, Microphone, power_at};
use media_mix::sound::{Captured, FRAME, Mixing, Round, SourceId};
use std::time::Duration;

/// An even number out of a packet's own.
fn dice(number: u64, sides: u64) -> u64 {
    let mut mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^= mixed >> 29;
    mixed = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 32)) % sides
}

fn one(microphone: Microphone, rounds: usize) -> (Hall, Vec<Round>) {
    let mut hall = Hall::plain(vec![microphone]);
    let rounds = hall.rounds(rounds);
    (hall, rounds)
}

/// How loud the difference is, in dB below what was meant.
fn error_db(meant: &[f32], heard: &[f32]) -> f32 {
    let (mut error, mut power) = (0.0_f64, 0.0_f64);
    for (meant, heard) in meant.iter().zip(heard) {
        error += f64::from((meant - heard).powi(2));
        power += f64::from(meant.powi(2));
    }
    (10.0 * (error / power).log10()) as f32
}

#[test]
fn copies_bridge_losses_better_than_making_up() {
    let lossy = |number: u64| (number < 50 || dice(number, 10) != 0).then_some(10_000);
    let run = |copies: bool, losing: bool| {
        let mut microphone = Microphone::new(1, voice()).with_copies(if copies { 20 } else { 0 });
        if losing {
            microphone.way_us = Box::new(lossy);
        }
        // The same delay in all runs, so that they can be compared sample by sample.
        let delay = Duration::from_millis(60);
        let mixing =
            Mixing { is_levelled: false, least_delay: delay, most_delay: delay, ..Mixing::default() };
        let mut hall = Hall::new(mixing, vec![microphone]);
        let rounds = hall.rounds(300);
        (common(&rounds), hall.mixer.counts_of(SourceId(1)).expect("is known"))
    };
    let (whole, _) = run(true, false);
    let (with, (packets, voice)) = run(true, true);
    let (plain, _) = run(false, false);
    let (without, _) = run(false, true);
    assert!(packets.lost >= 15 && voice.recovered >= 15, "{packets:?} {voice:?}");
    let from = 50 * FRAME;
    let better = error_db(&whole[from..], &with[from..]);
    let worse = error_db(&plain[from..], &without[from..]);
    println!("error with copies {better:.1} dB, made up {worse:.1} dB");
    assert!(better < worse - 3.0, "{better} dB with copies, {worse} dB without");
}

#[test]
fn an_uneven_way_is_evened_out() {
    let mut microphone = Microphone::new(1, tone(440.0, 0.3));
    microphone.way_us = Box::new(|number| Some(10_000 + 1_000 * dice(number, 60)));
    let (hall, rounds) = one(microphone, 500);
    let heard = common(&rounds[100..]);
    let (packets, voice) = hall.mixer.counts_of(SourceId(1)).expect("is known");
    assert!(power_at(&heard[..48_000], 48_000.0, 440.0) > 0.2);
    // 3 of 100 come too late for the delay that is chosen, and what is late counts as lost before it comes.
    assert!(voice.concealed + voice.recovered <= 25, "{packets:?} {voice:?}");
    assert!(packets.lost <= packets.late, "{packets:?}");
}

#[test]
fn a_delay_that_is_needed_no_more_is_given_up_without_silence() {
    let mut microphone = Microphone::new(1, voice());
    microphone.way_us = Box::new(|number| {
        Some(if (50..250).contains(&number) { 10_000 + 1_000 * dice(number, 120) } else { 10_000 })
    });
    let (hall, rounds) = one(microphone, 1_500);
    let delay_us = |round: &Round, number: u64| {
        let now_us = 1_000_000 + (number + 1) * TICK_US;
        match round.heard.first()?.captured? {
            Captured::Here(at_us) | Captured::At(at_us) => Some(now_us - at_us),
        }
    };
    let most = (200..250).filter_map(|it| delay_us(&rounds[it as usize], it)).max().expect("was heard");
    let last = delay_us(&rounds[1_499], 1_499).expect("is heard");
    assert!(most > 90_000 && last < 60_000, "{most} {last} µs");
    let voice = hall.mixer.counts_of(SourceId(1)).expect("is known").1;
    assert!(voice.shortened_ms >= 30 && voice.lengthened_ms >= 10, "{voice:?}");
}

#[test]
fn packets_of_all_lengths_are_played_whole() {
    for samples in [120, 240, 480, 960, 1_920, 2_880, 5_760] {
        let microphone = Microphone::new(1, tone(440.0, 0.3)).with_packets_of(samples);
        let (hall, rounds) = one(microphone, 150);
        let heard = common(&rounds[50..]);
        let power = power_at(&heard, 48_000.0, 440.0);
        let counts = hall.mixer.counts_of(SourceId(1));
        assert!((0.25..0.35).contains(&power), "{samples}: {power} {counts:?}");
    }
}

#[test]
fn a_sender_that_begins_anew_is_heard_again() {
    // (sequence, timestamp) of its second life.
    for (sequence, timestamp) in [(70_100, 5), (3, 5_000_000), (1 << 40, 0x8000_0000)] {
        let mut hall = Hall::plain(vec![Microphone::new(1, tone(440.0, 0.3))]);
        hall.rounds(50);
        let mut microphone = hall.microphones.remove(0);
        for number in 0..100_u64 {
            hall.now_us += TICK_US;
            for (arrival_us, packet) in microphone.arrived(hall.now_us) {
                let packet = Owned {
                    sequence: sequence + number,
                    timestamp: u32::wrapping_add(timestamp, 960 * number as u32),
                    ..packet
                };
                hall.mixer.receive(SourceId(1), &packet.at(arrival_us));
            }
            hall.mixer.tick(hall.now_us);
        }
        let heard = hall.mixer.tick(hall.now_us + TICK_US).heard;
        assert_eq!(heard.len(), 1);
        assert!(heard[0].level.0 < 20, "{sequence} {timestamp}: {:?}", heard[0]);
        let packets = hall.mixer.counts_of(SourceId(1)).expect("is known").0;
        assert_eq!((packets.restarts, packets.stray), (1, 2), "{packets:?}");
    }
}

#[test]
fn what_is_played_is_told_with_the_moment_of_its_capture() {
    for says_clock in [true, false] {
        // A beep of 5 ms each 480 ms, on ways with up to 60 ms of jitter and some loss.
        let every = 23_040;
        let beep =
            move |at: usize| if at % every < 240 { tone(1_000.0, 0.6)(at) } else { tone(200.0, 0.01)(at) };
        let mut microphone = Microphone::new(1, Box::new(beep));
        microphone.way_us =
            Box::new(|number| (dice(number, 40) != 0).then_some(20_000 + 1_000 * dice(number * 3 + 1, 60)));
        let mut hall = Hall::plain(vec![microphone]);
        hall.tick();
        if says_clock {
            hall.rounds(3);
            hall.mixer.set_clock(SourceId(1), hall.microphones[0].clock());
        }
        let rounds = hall.rounds(1_000);
        let mut worst = 0.0_f64;
        let mut seen = 0;
        let mut last_beep = 0;
        for (number, round) in rounds.iter().enumerate().skip(100) {
            let Some(at) = round.common.iter().position(|it| it.abs() > 0.2) else { continue };
            if number - last_beep < 5 {
                continue;
            }
            last_beep = number;
            let captured_us = match round.heard[0].captured.expect("is playing") {
                Captured::At(at_us) => at_us,
                // 20 ms in the packet, 20 ms on the quickest way.
                Captured::Here(at_us) => at_us - 40_000,
            };
            let told_ms = captured_us as f64 / 1_000.0 + at as f64 / 48.0;
            let since_ms = told_ms - 1_000.0;
            let off = since_ms - (since_ms / 480.0).round() * 480.0;
            worst = worst.max(off.abs());
            seen += 1;
        }
        println!("lip sync, clock {says_clock}: {seen} beeps, worst {worst:.1} ms off");
        assert!(seen > 25, "{seen} beeps");
        assert!(worst < 5.0, "{worst} ms");
    }
}

#[test]
fn pauses_that_are_left_out_are_pauses_and_no_losses() {
    // A second of tone, two of silence.
    let speaks = |at: usize| if at % 144_000 < 48_000 { tone(440.0, 0.3)(at) } else { 0.0 };
    let (hall, rounds) = one(Microphone::new(1, Box::new(speaks)).leaving_out(), 600);
    let (packets, _) = hall.mixer.counts_of(SourceId(1)).expect("is known");
    assert!(packets.received < 400, "it did leave out: {packets:?}");
    assert_eq!((packets.lost, packets.stray, packets.restarts), (0, 0, 0), "{packets:?}");
    for turn in 1..4 {
        let speech = common(&rounds[turn * 150 + 10..turn * 150 + 45]);
        assert!(power_at(&speech, 48_000.0, 440.0) > 0.25, "turn {turn}");
        let pause = common(&rounds[turn * 150 + 80..turn * 150 + 140]);
        assert!(pause.iter().all(|it| it.abs() < 0.01), "turn {turn}");
    }
}

#[test]
fn a_mixer_that_stood_still_is_back_in_time_at_once() {
    let mut hall = Hall::plain(vec![Microphone::new(1, tone(440.0, 0.3))]);
    hall.rounds(100);
    // As if the machine had slept for a second and a half.
    hall.now_us += 1_500_000;
    let rounds = hall.rounds(50);
    let last = rounds[49].heard[0].captured.expect("is playing");
    let Captured::Here(at_us) = last else { panic!("{last:?}") };
    assert!(hall.now_us - at_us < 80_000, "{} us", hall.now_us - at_us);
    assert!(power_at(&common(&rounds[10..]), 48_000.0, 440.0) > 0.25);
}

#[test]
fn voices_that_are_held_back_wait_longer_and_are_heard_whole() {
    let mut hall = Hall::plain(vec![Microphone::new(1, tone(440.0, 0.3))]);
    let age_us = |round: &Round, at: u64| match round.heard[0].captured {
        Some(Captured::At(then_us) | Captured::Here(then_us)) => at - then_us,
        None => panic!("a tone has no pauses"),
    };
    let before = hall.rounds(100);
    let early_us = age_us(before.last().expect("rounds"), hall.now_us - TICK_US);
    hall.mixer.hold_back(Duration::from_millis(80));
    let between = hall.rounds(150);
    let late_us = age_us(between.last().expect("rounds"), hall.now_us - TICK_US);
    hall.mixer.hold_back(Duration::from_millis(20));
    let after = hall.rounds(150);
    let again_us = age_us(after.last().expect("rounds"), hall.now_us - TICK_US);
    println!("{early_us} us, held back {late_us} us, and again {again_us} us");
    assert!((40_000..75_000).contains(&(late_us - early_us)), "{early_us} {late_us}");
    assert!(again_us < early_us + 25_000, "{early_us} {again_us}");
    let (packets, voice) = hall.mixer.counts_of(SourceId(1)).expect("is known");
    assert_eq!((packets.lost, packets.skipped, voice.concealed), (0, 0, 0), "{packets:?} {voice:?}");
    let heard = common(&[between, after].concat());
    for (at, stretch) in heard.chunks_exact(FRAME).enumerate() {
        let power = power_at(stretch, 48_000.0, 440.0);
        assert!(power > 0.1, "round {at} has a hole: {power}");
    }
}
