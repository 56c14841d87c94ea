//! Mixed sound is no voice: it reaches only who asked for it, competes with nobody and is told to nobody.

use super::CLEAN;
use super::world::World;
use media_core::packet::rtp::AudioLevel;
use media_core::payload::Codec;
use media_core::room::{Audience, Drop, Hearing, Verdict, ViewWish};
use media_core::stream::ids::{Layer, LegKey, ParticipantKey, SourceKind, StreamKey};
use media_core::stream::slab::PacketMeta;
use proptest::prelude::*;
use std::collections::BTreeSet;

const MIXER: LegKey = LegKey(900);
/// How the mixed sound is marked in its packets.
const MIXED: u8 = 99;

/// Sends 20 ms of the programme's `source`, as loud as can be.
fn mix(world: &mut World, number: u64, source: SourceKind) -> Verdict {
    mix_for(world, number, source, MIXED, Audience::ALL)
}

/// The same, marked, for those who may hear it.
fn mix_for(world: &mut World, number: u64, source: SourceKind, mark: u8, audience: Audience) -> Verdict {
    let now = world.now();
    let slot = world.slab.take(now).expect("large enough");
    let mut payload = vec![mark; 40];
    payload[1..9].copy_from_slice(&world.ms.to_be_bytes());
    world.slab.bytes_mut(&slot)[2..42].copy_from_slice(&payload);
    let meta = PacketMeta {
        at: now,
        sequence: number,
        epoch: 1,
        timestamp: number as u32 * 960,
        marker: false,
        codec: if source == SourceKind::Microphone { Codec::Opus } else { Codec::OpusStereo },
        layer: Layer::QUARTER,
        starts_keyframe: true,
        height_px: 0,
        payload_start: 2,
        payload_len: 40,
        picture: None,
        descriptor_len: 0,
        frame: 0,
        marks: None,
        primary_at: 0,
        audio_level: Some(AudioLevel { below_overload_db: 0, is_voice: true }),
    };
    world.room.relayed(
        now,
        &mut world.slab,
        StreamKey { leg: MIXER, source, layer: Layer::QUARTER },
        slot,
        meta,
        audience,
    )
}

/// A room of six of whom `speaking` speak, and a mixer that sends all the time.
fn room(speaking: u8) -> World {
    let mut world = World::new(7, &[CLEAN; 6]);
    for number in 1..=speaking {
        world.seat(u32::from(number)).browser.voice = Some(20 + number);
    }
    let now = world.now();
    world.room.join_remote(now, MIXER, ParticipantKey::FIRST_PROGRAMME).expect("room for seven");
    world
}

fn run(world: &mut World, ms: u64, number: &mut u64) {
    world.run_with(ms, |world| {
        if world.ms.is_multiple_of(20) {
            let verdict = mix(world, *number, SourceKind::Microphone);
            assert!(matches!(verdict, Verdict::Accepted { relay: false, .. }), "{verdict:?}");
            *number += 1;
        }
    });
}

/// Who was heard by a seat since `from_ms`.
fn heard(world: &mut World, seat: u32, from_ms: u64) -> BTreeSet<u8> {
    let heard = &world.seat(seat).viewer.heard;
    heard.iter().filter(|it| it.0 >= from_ms).map(|it| it.2).collect()
}

fn ask(of: ParticipantKey) -> ViewWish {
    ViewWish { participant: of, source: SourceKind::Microphone, height_px: 0 }
}

#[test]
fn mixed_sound_reaches_who_asked_and_changes_nothing_for_others() {
    let mut world = room(3);
    let mut number = 0;
    run(&mut world, 2_000, &mut number);
    let voices = BTreeSet::from([1, 2, 3]);
    assert_eq!(heard(&mut world, 5, 0), voices, "nobody asked yet");
    world.watch(5, &[ask(ParticipantKey::FIRST_PROGRAMME)]);
    // A wish for somebody's voice is still none.
    world.watch(6, &[ask(ParticipantKey(4))]);
    let from = world.ms + 100;
    run(&mut world, 2_000, &mut number);
    assert_eq!(heard(&mut world, 5, from), BTreeSet::from([MIXED]));
    assert_eq!(heard(&mut world, 6, from), voices);
    let slots: BTreeSet<u8> =
        world.seat(5).viewer.heard.iter().filter(|it| it.2 == MIXED).map(|it| it.1).collect();
    assert_eq!(slots, BTreeSet::from([0]), "on one line");
    world.watch(5, &[]);
    let from = world.ms + 100;
    run(&mut world, 1_000, &mut number);
    assert_eq!(heard(&mut world, 5, from), voices, "it hears voices again");
    let programme = ParticipantKey::FIRST_PROGRAMME.0.to_string();
    let told: Vec<_> = world.events.iter().filter(|it| it.1.contains(&programme)).collect();
    assert!(told.is_empty(), "{told:?}");
    assert!(world.seats.iter().all(|seat| seat.viewer.faults().is_empty()));
}

#[test]
fn pictures_and_sound_may_change_in_one_order() {
    let mut world = room(2);
    let camera = ViewWish { participant: ParticipantKey(1), source: SourceKind::Camera, height_px: 180 };
    let other = ViewWish { participant: ParticipantKey(2), ..camera };
    let mut number = 0;
    for (wishes, expected) in [
        (vec![camera, ask(ParticipantKey::FIRST_PROGRAMME)], BTreeSet::from([MIXED])),
        (vec![other], BTreeSet::from([1, 2])),
    ] {
        world.watch(5, &wishes);
        let from = world.ms + 100;
        run(&mut world, 1_000, &mut number);
        assert_eq!(heard(&mut world, 5, from), expected);
    }
}

#[test]
fn who_speaks_by_another_leg_hears_neither_its_mix_nor_its_voice() {
    let mut world = room(0);
    world.watch(5, &[ask(ParticipantKey::FIRST_PROGRAMME)]);
    world.room.set_hearing(LegKey(6), Hearing::One(None));
    let voices = 0b11;
    let mut number = 0;
    let mut speak = |world: &mut World| {
        let from = world.ms + 100;
        world.seat(1).browser.voice = Some(10);
        world.run_with(1_000, |world| {
            if world.ms.is_multiple_of(20) {
                round(world, number, voices, (true, 0));
                number += 1;
            }
        });
        [5, 6].map(|seat| heard(world, seat, from))
    };
    assert_eq!(speak(&mut world), [BTreeSet::from([MIX | voices]), BTreeSet::from([1])]);
    let set = |world: &mut World, voice| [5, 6].map(|leg| world.room.set_voice(LegKey(leg), voice));
    set(&mut world, Some(ParticipantKey(1)));
    assert_eq!(speak(&mut world), [BTreeSet::from([MIX | 0b10]), BTreeSet::new()]);
    set(&mut world, None);
    assert_eq!(speak(&mut world), [BTreeSet::from([MIX | voices]), BTreeSet::from([1])]);
    assert!(world.seats.iter().all(|seat| seat.viewer.faults().is_empty()));
}

#[test]
fn programme_has_no_sound_of_a_screen() {
    let mut world = room(0);
    let verdict = mix(&mut world, 0, SourceKind::ScreenAudio);
    assert!(matches!(verdict, Verdict::Dropped(Drop::NotAllowed)), "{verdict:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whoever speaks, asks and hears what: mixed sound reaches exactly those who asked, and they hear nothing else.
    #[test]
    fn mixed_sound_and_voices_never_meet(
        speaking in 0_u8..=6,
        asking in proptest::collection::vec(any::<bool>(), 6),
        single in proptest::collection::vec(any::<bool>(), 6),
    ) {
        let mut world = room(speaking);
        for seat in 1..=6_u32 {
            let at = seat as usize - 1;
            if single[at] {
                world.room.set_hearing(LegKey(u64::from(seat)), Hearing::One(None));
            }
            if asking[at] {
                world.watch(seat, &[ask(ParticipantKey::FIRST_PROGRAMME)]);
            }
        }
        let mut number = 0;
        run(&mut world, 1_000, &mut number);
        for seat in 1..=6_u32 {
            let heard = heard(&mut world, seat, 0);
            if asking[seat as usize - 1] {
                prop_assert_eq!(heard, BTreeSet::from([MIXED]));
            } else {
                prop_assert!(!heard.contains(&MIXED) && !heard.contains(&(seat as u8)));
            }
        }
    }
}

/// Set in the mark of a mix; below it one bit for each voice inside.
const MIX: u8 = 0x80;

/// Sends one round: to those of `voices` (a bit for each of six) a mix without their own, to all others one with
/// everybody. `lost` says which of those packets get lost, counted from the common one.
fn round(world: &mut World, number: u64, voices: u8, (is_common_first, lost): (bool, u8)) {
    let speakers: Vec<u32> = (1..=6).filter(|seat| voices >> (seat - 1) & 1 == 1).collect();
    let all = Audience::of(false, speakers.iter().copied().map(ParticipantKey));
    let mut packets = vec![(MIX | voices, all)];
    packets.extend(
        speakers
            .iter()
            .map(|seat| (MIX | (voices & !(1 << (seat - 1))), Audience::of(true, [ParticipantKey(*seat)]))),
    );
    let mut order: Vec<usize> = (0..packets.len()).collect();
    if !is_common_first {
        order.rotate_left(1);
    }
    for at in order.into_iter().filter(|at| lost >> at & 1 == 0) {
        let (mark, audience) = packets[at];
        let verdict = mix_for(world, number, SourceKind::Microphone, mark, audience);
        assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever is heard hears the mix that lacks them, and nothing of it is seen from outside: one stream of numbers
    /// and times without a jump, whoever begins or ceases to speak, and whatever gets lost.
    #[test]
    fn nobody_hears_a_mix_with_themselves_inside_and_no_change_of_mixes_shows(
        turns in proptest::collection::vec((0_u8..64, 1_u64..12), 1..12),
        chances in proptest::collection::vec((any::<bool>(), 0_u8..8, 0_u8..64), 1..40),
    ) {
        let mut world = room(0);
        for seat in 1..=6 {
            world.watch(seat, &[ask(ParticipantKey::FIRST_PROGRAMME)]);
        }
        let rounds: Vec<u8> = turns.iter().flat_map(|(voices, length)| vec![*voices; *length as usize]).collect();
        let mut expected = vec![Vec::new(); 6];
        let mut number = 0;
        world.run_with(rounds.len() as u64 * 20, |world| {
            let Some(voices) = rounds.get(number).copied().filter(|_| world.ms.is_multiple_of(20)) else { return };
            let (is_common_first, is_lossy, lost) = chances[number % chances.len()];
            let lost = if is_lossy == 0 { lost } else { 0 };
            round(world, number as u64, voices, (is_common_first, lost));
            let speakers: Vec<usize> = (0..6).filter(|at| voices >> at & 1 == 1).collect();
            for (at, numbers) in expected.iter_mut().enumerate() {
                let packet = speakers.iter().position(|it| *it == at).map_or(0, |it| it + 1);
                if lost >> packet & 1 == 0 {
                    numbers.push((number as u32, voices & !(1 << at)));
                }
            }
            number += 1;
        });
        for (at, expected) in expected.iter().enumerate() {
            let viewer = &world.seat(at as u32 + 1).viewer;
            let inside: Vec<u8> = viewer.heard.iter().map(|it| it.2).collect();
            let wanted: Vec<u8> = expected.iter().map(|it| MIX | it.1).collect();
            prop_assert_eq!(&inside, &wanted, "seat {}", at + 1);
            for (pair, rounds) in viewer.stamps.windows(2).zip(expected.windows(2)) {
                let steps = rounds[1].0 - rounds[0].0;
                prop_assert_eq!(u32::from(pair[1].0.wrapping_sub(pair[0].0)), steps);
                prop_assert_eq!(pair[1].1.wrapping_sub(pair[0].1), steps * 960);
            }
        }
    }
}
