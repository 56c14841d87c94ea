//! A room between synthetic browsers on lossy, reordering, narrow links; fixed seeds, no clock.
//!
//! The viewers are strict: one break in numbering or one picture that cannot be decoded fails.
#![allow(clippy::disallowed_methods)]

#[path = "simulated/innocents.rs"]
mod innocents;
#[path = "simulated/latecomers.rs"]
mod latecomers;
#[path = "simulated/liars.rs"]
mod liars;
#[path = "simulated/link.rs"]
mod link;
#[path = "simulated/lips.rs"]
mod lips;
#[path = "simulated/needs.rs"]
mod needs;
#[path = "simulated/programme.rs"]
mod programme;
#[path = "simulated/province.rs"]
mod province;
#[path = "simulated/rogues.rs"]
mod rogues;
#[path = "simulated/seeds.rs"]
mod seeds;
#[path = "simulated/sender.rs"]
mod sender;
#[path = "simulated/shards.rs"]
mod shards;
#[path = "simulated/viewer.rs"]
mod viewer;
#[path = "simulated/world.rs"]
mod world;

use link::{Dice, Weather};
use media_core::packet::rtp::RtpView;
use media_core::room::Drop;
use media_core::stream::ids::{LegKey, ParticipantKey, SourceKind, SourceKinds};
use world::{World, local_leg, wish};

const CLEAN: (Weather, Weather) = (
    Weather { loss_percent: 0, delay_ms: 10, spread_ms: 0, limit_bps: None },
    Weather { loss_percent: 0, delay_ms: 10, spread_ms: 0, limit_bps: None },
);

fn lossy(percent: u64) -> Weather {
    Weather { loss_percent: percent, delay_ms: 20, spread_ms: 12, limit_bps: None }
}

/// Pictures that `viewer` decoded of `sender` in the span, with the layers among them.
fn seen(world: &World, viewer: usize, sender: u8, from: u64, to: u64) -> (usize, Vec<u8>) {
    let slots = &world.seats[viewer - 1].viewer.slots;
    let pictures: Vec<_> = slots
        .iter()
        .flat_map(|slot| &slot.pictures)
        .filter(|picture| picture.sender == sender && (from..to).contains(&picture.ms))
        .collect();
    let mut layers: Vec<_> = pictures.iter().map(|picture| picture.layer).collect();
    layers.sort_unstable();
    layers.dedup();
    (pictures.len(), layers)
}

fn assert_no_faults(world: &World) {
    for (at, seat) in world.seats.iter().enumerate() {
        let faults = seat.viewer.faults();
        assert!(faults.is_empty(), "viewer {}: {faults:#?}", at + 1);
        assert_eq!(seat.viewer.ssrc_errors, 0);
    }
}

#[test]
fn three_see_one_another_on_clean_links() {
    let mut world = World::new(1, &[CLEAN; 3]);
    for viewer in 1..=3u32 {
        let others: Vec<_> = (1..=3).filter(|it| *it != viewer).map(|it| wish(it, 360)).collect();
        world.watch(viewer, &others);
    }
    world.run(10_000);
    assert_no_faults(&world);
    for viewer in 1..=3 {
        for sender in (1..=3).filter(|sender| *sender != viewer) {
            let (pictures, layers) = seen(&world, viewer, sender as u8, 1_000, 10_000);
            assert!(pictures >= 223, "{viewer} saw {pictures} pictures of {sender}");
            assert_eq!(layers, [1]);
        }
    }
    assert!(world.seats.iter().all(|seat| seat.viewer.slots.iter().all(|slot| slot.plis == 0)));
    assert!(world.seats.iter().all(|seat| seat.browser.plis <= 3), "requests were not merged");
}

#[test]
fn numbering_stays_whole_over_random_switches_of_source_and_layer() {
    for seed in [2, 3, 4, 5] {
        let mut world = World::new(seed, &[CLEAN; 4]);
        let mut dice = Dice(seed);
        for _ in 0..30 {
            let mut wishes = Vec::new();
            for sender in 2..=4 {
                if dice.below(3) > 0 {
                    wishes.push(wish(sender, [100, 300, 700][dice.below(3) as usize]));
                }
            }
            world.watch(1, &wishes);
            world.run(400 + dice.below(1_500));
        }
        assert_no_faults(&world);
        let total: usize = (2..=4).map(|sender| seen(&world, 1, sender, 0, u64::MAX).0).sum();
        assert!(total > 600, "seed {seed}: {total} pictures");
    }
}

#[test]
fn five_percent_loss_on_both_links_is_repaired_from_the_shared_history() {
    for seed in [6, 7] {
        let mut world = World::new(seed, &[(lossy(5), lossy(5)); 3]);
        for viewer in 1..=3u32 {
            let others: Vec<_> = (1..=3).filter(|it| *it != viewer).map(|it| wish(it, 360)).collect();
            world.watch(viewer, &others);
        }
        world.run(20_000);
        assert_no_faults(&world);
        let mut repaired = 0;
        let mut given_up = 0;
        for viewer in 1..=3 {
            for sender in (1..=3u8).filter(|sender| usize::from(*sender) != viewer) {
                let (pictures, _) = seen(&world, viewer, sender, 2_000, 20_000);
                assert!(pictures >= 420, "{viewer} saw {pictures} of 450 pictures of {sender}");
            }
            for slot in &world.seats[viewer - 1].viewer.slots {
                repaired += slot.repaired;
                given_up += slot.given_up;
            }
        }
        assert!(repaired > 200, "{repaired} repaired");
        assert!(given_up * 100 <= repaired, "{given_up} given up, {repaired} repaired");
        assert!(world.seats.iter().all(|seat| seat.browser.repairs > 50));
        let counters = world.room.counters();
        assert!(counters.nacks_answered >= u64::from(repaired));
    }
}

#[test]
fn layer_follows_the_window() {
    let mut world = World::new(8, &[CLEAN; 2]);
    for (height, layer) in [(150, 0), (340, 1), (720, 2), (150, 0)] {
        world.watch(1, &[wish(2, height)]);
        let changed_at = world.ms;
        world.run(4_000);
        let (_, layers) = seen(&world, 1, 2, changed_at + 600, world.ms);
        assert_eq!(layers, [layer], "window of {height} lines");
        // No gap: the old layer goes on until the new one starts.
        let (pictures, _) = seen(&world, 1, 2, changed_at.max(500), world.ms);
        assert!(pictures as u64 >= (world.ms - changed_at.max(500)) / 40 - 3, "{pictures}");
    }
    assert_no_faults(&world);
}

#[test]
fn layer_drops_when_the_link_is_too_narrow_and_the_picture_stays() {
    let mut world = World::new(9, &[CLEAN; 2]);
    world.watch(1, &[wish(2, 720)]);
    world.run(3_000);
    assert_eq!(seen(&world, 1, 2, 2_000, 3_000).1, [2]);
    world.seat(1).down.weather.limit_bps = Some(900_000);
    world.run(3_000);
    let (pictures, layers) = seen(&world, 1, 2, 6_000, 9_000);
    assert_eq!((pictures, layers), (0, vec![]), "the future is empty");
    world.run(3_000);
    let (pictures, layers) = seen(&world, 1, 2, 6_000, 9_000);
    assert!(layers.iter().all(|layer| *layer < 2), "{layers:?}");
    assert!(pictures > 60, "{pictures} pictures in 3 s after the link became narrow");
}

#[test]
fn layer_that_the_browser_switches_off_is_replaced_by_a_smaller_one() {
    let mut world = World::new(10, &[CLEAN; 2]);
    world.watch(1, &[wish(2, 720)]);
    world.run(3_000);
    world.seat(2).browser.off = [false, true, true];
    world.run(4_500);
    assert_eq!(seen(&world, 1, 2, 5_000, 7_500).1, [0]);
    assert!(seen(&world, 1, 2, 5_000, 7_500).0 > 55);
    assert_no_faults(&world);
}

#[test]
fn first_syllable_of_a_fourth_voice_is_heard_and_nobody_hears_himself() {
    let mut world = World::new(11, &[CLEAN; 6]);
    for number in 1..=5 {
        world.seat(number).browser.camera_on = false;
        world.seat(number).browser.voice = Some(if number <= 3 { 30 } else { 110 });
    }
    world.seat(6).browser.camera_on = false;
    world.run(3_000);
    world.seat(3).browser.voice = Some(110);
    world.run(1_500);
    world.seat(4).browser.voice = Some(25);
    let spoke_at = world.ms;
    world.run(1_500);
    let heard = &world.seats[5].viewer.heard;
    let first = heard.iter().find(|(_, _, speaker)| *speaker == 4).expect("4 is heard");
    assert!(first.0 - spoke_at <= 40, "first packet {} ms after the first word", first.0 - spoke_at);
    for at in [0, 1] {
        let slots: std::collections::BTreeSet<_> =
            heard.iter().filter(|it| it.2 == at + 1).map(|it| it.1).collect();
        assert_eq!(slots.len(), 1, "speaker {} moved between slots {slots:?}", at + 1);
    }
    assert!(heard.iter().all(|it| it.2 != 5), "5 never speaks");
    for (at, seat) in world.seats.iter().enumerate() {
        assert!(seat.viewer.heard.iter().all(|it| usize::from(it.2) != at + 1), "{at} hears himself");
    }
    let told: Vec<_> = world.events.iter().filter(|event| event.1.starts_with("speak")).collect();
    assert!(told.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 200), "{told:?}");
    assert!(told.last().is_some_and(|last| last.1.contains('4') && !last.1.contains('3')), "{told:?}");
}

#[test]
fn packet_on_the_ssrc_of_another_is_refused_and_harms_nobody() {
    let mut world = World::new(12, &[CLEAN; 3]);
    world.watch(1, &[wish(2, 150)]);
    world.run(2_000);
    let stolen = world.seats[1].browser.ssrc(0);
    for step in 0..200u16 {
        let mut forged = vec![0x90, 96, 0, 0, 0, 0, 0, 0];
        forged[2..4].copy_from_slice(&step.to_be_bytes());
        forged.extend_from_slice(&stolen.to_be_bytes());
        forged.extend_from_slice(&[0xbe, 0xde, 0, 1, 0x42, b'c', b'a', b'm', 0x10, 0, 1, 2]);
        world.inject(2, &forged);
        world.run(10);
    }
    assert_eq!(world.room.counters().dropped[Drop::SsrcTaken as usize], 200);
    assert_no_faults(&world);
    assert!(seen(&world, 1, 2, 500, 4_000).0 >= 85);
}

#[test]
fn muted_source_is_dropped_and_comes_back_with_a_key_frame() {
    let mut world = World::new(13, &[CLEAN; 2]);
    world.watch(1, &[wish(2, 150)]);
    world.run(2_000);
    let now = world.now();
    world.room.allow(now, LegKey(2), SourceKinds::ALL.without(SourceKind::Camera));
    world.run(3_000);
    assert_eq!(seen(&world, 1, 2, 2_100, 5_000).0, 0);
    assert!(world.verdicts["NotAllowed"] > 100);
    let now = world.now();
    world.room.allow(now, LegKey(2), SourceKinds::ALL);
    world.run(2_000);
    assert!(seen(&world, 1, 2, 5_000, 7_000).0 > 40);
    assert_no_faults(&world);
    let told: Vec<_> =
        world.events.iter().filter(|it| it.1.starts_with("2 ")).map(|it| it.1.as_str()).collect();
    assert_eq!(told, ["2 + Camera", "2 - Camera", "2 + Camera"]);
}

#[test]
fn picture_keeps_its_slot_when_others_come_and_go() {
    let mut world = World::new(14, &[CLEAN; 4]);
    world.watch(1, &[wish(2, 150), wish(3, 150)]);
    world.run(500);
    world.watch(1, &[wish(4, 150), wish(3, 150)]);
    world.run(500);
    world.watch(1, &[wish(2, 150), wish(4, 150), wish(3, 150)]);
    world.run(500);
    let told: Vec<_> = world.events.iter().filter(|it| it.1.starts_with("1 sees")).collect();
    let told: Vec<_> = told.iter().map(|it| it.1.as_str()).collect();
    assert_eq!(told, ["1 sees 0=2 1=3", "1 sees 0=4 1=3", "1 sees 0=4 1=3 2=2"]);
    assert_no_faults(&world);
}

#[test]
fn participant_who_reconnects_is_seen_in_the_same_slot() {
    let mut world = World::new(15, &[CLEAN; 3]);
    world.watch(1, &[wish(2, 150)]);
    world.run(2_000);
    // Seat 3 is the new connection of participant 2.
    let now = world.now();
    world.room.leave(now, LegKey(3));
    let mut again = local_leg(3);
    again.participant = ParticipantKey(2);
    world.room.join(now, &again).expect("there is room");
    world.room.leave(now, LegKey(2));
    world.seat(3).browser.reconnect();
    world.run(3_000);
    assert_no_faults(&world);
    assert!(seen(&world, 1, 3, 2_000, 5_000).0 > 60);
    assert!(world.verdicts["NoSuchLeg"] > 0);
}

#[test]
fn garbage_payloads_reach_nobody_and_stop_nothing() {
    let mut world = World::new(16, &[CLEAN; 3]);
    world.watch(1, &[wish(2, 150), wish(3, 150)]);
    let mut dice = Dice(99);
    for _ in 0..300 {
        let mut bytes = vec![0x90];
        bytes.extend((0..11).map(|_| dice.roll() as u8));
        bytes.extend_from_slice(&[0xbe, 0xde, 0, 2, 0x42]);
        bytes.extend_from_slice([b"cam", b"mic", b"scr", b"xyz"][dice.below(4) as usize]);
        bytes.extend_from_slice(&[0x31, dice.roll() as u8, dice.roll() as u8, 0]);
        bytes.extend((0..dice.below(40)).map(|_| dice.roll() as u8));
        if RtpView::parse(&bytes).is_ok() {
            world.inject(2, &bytes);
        }
        world.run(10);
    }
    assert!(seen(&world, 1, 2, 500, 3_000).0 >= 60);
    assert!(seen(&world, 1, 3, 500, 3_000).0 >= 60);
}
