//! Receivers that ask for everything, say nothing, or lie about what arrives.
//!
//! Whatever they say costs the server a bounded amount, is counted, and changes nothing for
//! anybody else: neither what the others get nor what they have to send.

use super::innocents::{ROGUE, ROGUE_LEG, ROGUE_MS, check};
use super::world::{World, first_ssrc, rtcp};
use media_core::packet::rtcp::ReportBlock;
use media_core::packet::twcc::Arrival;

const SEEDS: [u64; 3] = [51, 52, 53];

/// Sends RTCP of the rogue's, along its own link.
fn say(world: &mut World, bytes: Vec<u8>) {
    let now = world.now();
    world.seat(ROGUE).up.send(now, bytes);
}

/// Bytes that reached the rogue in the time of its misbehaviour.
fn bytes_got(world: &World, before: u64) -> u64 {
    world.seats[ROGUE as usize - 1].viewer.bytes - before
}

fn silent(world: &mut World) {
    world.seat(ROGUE).is_silent = true;
}

/// Feedback about `count` packets up to the newest, all of which arrived at `ticks`.
fn feedback(newest: u16, count: u16, ticks: impl Fn(u16) -> u64) -> Vec<u8> {
    let base = newest.wrapping_sub(count - 1);
    let arrivals: Vec<_> =
        (0..count).map(|at| Arrival { sequence: base.wrapping_add(at), at_ticks: ticks(at) }).collect();
    rtcp(|writer| {
        writer.transport_feedback(1, 2, base, 0, &arrivals).expect("fits");
    })
}

#[test]
fn receiver_that_asks_for_every_packet_again_gets_a_bounded_share_of_its_own_link() {
    for seed in SEEDS {
        let mut number = 0u16;
        let mut before = None;
        let world = check(seed, None, |world| {
            before.get_or_insert(world.seats[ROGUE as usize - 1].viewer.bytes);
            for slot in 0..28 {
                let lost: Vec<_> = (0..255).map(|back| number.wrapping_sub(back)).collect();
                let bytes = rtcp(|writer| writer.nack(1, first_ssrc(ROGUE) + slot, &lost).expect("fits"));
                say(world, bytes);
            }
            number = number.wrapping_add(7);
        });
        let bps = bytes_got(&world, before.expect("it ran")) * 8000 / ROGUE_MS;
        assert!(bps < 6_000_000, "seed {seed}: {bps} bit/s for one who watches 2.2 Mbit/s");
        let counters = world.room.counters();
        assert!(counters.nacks_damped > 0 && counters.feedback_refused > 10_000, "{counters:?}");
    }
}

#[test]
fn receiver_that_never_reports_is_served_as_an_ordinary_line_and_no_more() {
    for seed in SEEDS {
        check(seed, None, silent);
    }
}

#[test]
fn key_frames_asked_for_a_thousand_times_a_second_are_not_made() {
    for seed in SEEDS {
        let world = check(seed, None, |world| {
            for slot in 0..5 {
                let media = first_ssrc(ROGUE) + slot % 2;
                let bytes = rtcp(|writer| writer.pli(1, media).expect("fits"));
                say(world, bytes);
            }
        });
        let counters = world.room.counters();
        assert!(counters.keyframes_damped > 5_000, "{counters:?}");
    }
}

#[test]
fn receiver_to_which_everything_arrives_at_once_gets_only_what_it_looks_at() {
    for seed in SEEDS {
        // Its line carries 500 kbit/s, and it claims that nothing ever waits.
        let mut before = None;
        let mut world = check(seed, Some(500_000), |world| {
            before.get_or_insert(world.seats[ROGUE as usize - 1].viewer.bytes);
            silent(world);
            let newest = world.seat(ROGUE).newest_number;
            let ticks = 1_000_000 + world.ms * 4;
            say(world, feedback(newest.wrapping_add(40), 100, |_| ticks));
        });
        let estimate = estimate(&mut world);
        // 2.2 Mbit/s of pictures and a voice, and a quarter to spare.
        assert!(estimate < 3_500_000, "seed {seed}: believed {estimate}");
        assert!(bytes_got(&world, before.expect("it ran")) * 8000 / ROGUE_MS < 510_000);
    }
}

fn estimate(world: &mut World) -> u32 {
    let now = world.now();
    world.room.figures(now, ROGUE_LEG, &mut |_| ()).expect("the rogue is in the room").estimate_bps
}

#[test]
fn receiver_to_which_nothing_arrives_keeps_only_the_voice() {
    for seed in SEEDS {
        let mut world = check(seed, None, |world| {
            silent(world);
            let newest = world.seat(ROGUE).newest_number;
            // One arrival long ago, and then nothing: a whole run of losses.
            let mut bytes = feedback(newest, 1, |_| 1_000_000);
            lose_all(&mut bytes, newest.wrapping_sub(99), 100);
            say(world, bytes);
        });
        let estimate = estimate(&mut world);
        assert!(estimate <= 400_000, "seed {seed}: believed {estimate}");
    }
}

/// Turns a feedback packet into one that says of `count` packets from `base` that none came.
fn lose_all(bytes: &mut Vec<u8>, base: u16, count: u16) {
    bytes.truncate(20);
    bytes[12..14].copy_from_slice(&base.to_be_bytes());
    bytes[14..16].copy_from_slice(&count.to_be_bytes());
    let mut left = count;
    while left > 0 {
        let run = left.min(8191);
        bytes.extend_from_slice(&run.to_be_bytes());
        left -= run;
    }
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    let words = (bytes.len() / 4 - 1) as u16;
    bytes[2..4].copy_from_slice(&words.to_be_bytes());
    bytes[0] = 0x80 | 15;
}

#[test]
fn feedback_about_packets_that_were_never_sent_is_passed_over() {
    for seed in SEEDS {
        let mut jump = 0u16;
        let world = check(seed, None, |world| {
            jump = jump.wrapping_add(4_099);
            let newest = world.seat(ROGUE).newest_number;
            say(
                world,
                feedback(newest.wrapping_add(200 + jump % 20_000), 100, |at| 1_000_000 + u64::from(at)),
            );
        });
        assert!(world.room.counters().feedback_foreign > 10_000, "{:?}", world.room.counters());
    }
}

#[test]
fn feedback_whose_times_run_backwards_is_survived() {
    for seed in SEEDS {
        let mut before = None;
        let mut world = check(seed, None, |world| {
            before.get_or_insert_with(|| estimate(world));
            silent(world);
            let newest = world.seat(ROGUE).newest_number;
            let ticks = 60_000_000 - world.ms * 400;
            say(world, feedback(newest, 60, |at| ticks - u64::from(at) * 90));
        });
        let (estimate, before) = (estimate(&mut world), before.expect("it ran"));
        assert!((60_000..=before).contains(&estimate), "seed {seed}: {before} became {estimate}");
    }
}

#[test]
fn feedback_of_a_few_bytes_about_65535_packets_is_not_walked() {
    for seed in SEEDS {
        let world = check(seed, None, |world| {
            let newest = world.seat(ROGUE).newest_number;
            let mut bomb = feedback(newest, 1, |_| 1_000_000);
            lose_all(&mut bomb, newest.wrapping_add(1), u16::MAX);
            let compound = bomb.repeat(30);
            for _ in 0..10 {
                say(world, compound.clone());
            }
        });
        let counters = world.room.counters();
        assert!(counters.feedback_refused > 10_000, "{counters:?}");
        let walked = counters.feedback_foreign;
        assert!(walked < 45_000 * (ROGUE_MS / 1000 + 1), "{walked} statuses looked at");
    }
}

#[test]
fn reports_and_limits_that_lie_change_only_what_the_liar_gets() {
    for seed in SEEDS {
        let mut turn = 0u64;
        check(seed, None, |world| {
            silent(world);
            turn += 1;
            let block = |slot: u32| ReportBlock {
                ssrc: first_ssrc(ROGUE) + slot,
                fraction_lost: (turn * 37) as u8,
                cumulative_lost: i32::MIN >> 8,
                highest_sequence: u32::MAX,
                jitter: u32::MAX,
                last_sr: (turn * 0x9e37_79b9) as u32,
                delay_since_last_sr: u32::MAX - turn as u32,
            };
            let blocks: Vec<_> = (0..31).map(block).collect();
            let mut bytes = rtcp(|writer| writer.receiver_report(1, &blocks).expect("fits"));
            let exponent = [0, 63, 20][(turn % 3) as usize];
            bytes.extend_from_slice(&[0x8f, 206, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0]);
            bytes.extend_from_slice(b"REMB");
            bytes.extend_from_slice(&[1, exponent << 2 | 3, 0xff, 0xff, 0, 0, 0, 1]);
            for _ in 0..5 {
                say(world, bytes.clone());
            }
        });
    }
}
