//! Who comes late sees a picture at once, from the key-frame group that is kept, and no sender is asked
//! for it; where nothing is kept any more, one request serves all.

use super::link::{Dice, Weather};
use super::world::World;
use super::{CLEAN, assert_no_faults, lossy, seen, wish};

const LATECOMERS: u32 = 30;

/// A meeting of seat 1, who sends, and seat 2, who looks on, which has run for some time. Seats from 3 on
/// have not come yet. Returns when the last key frame was sent.
fn running(seed: u64) -> (World, u64) {
    let mut world = World::new(seed, &[CLEAN; 2 + LATECOMERS as usize]);
    for seat in 2..=2 + LATECOMERS {
        world.seat(seat).browser.camera_on = false;
        if seat > 2 {
            world.leave(seat);
        }
    }
    world.watch(2, &[wish(1, 150)]);
    world.run(6_000);
    let before = world.seat(1).browser.keyframes_made;
    world.seat(1).browser.pli();
    while world.seat(1).browser.keyframes_made == before {
        world.run(super::world::STEP_MS);
    }
    let made_at = world.ms;
    (world, made_at)
}

/// First picture of seat 1 that `seat` decoded, and the newest one.
fn pictures(world: &World, seat: u32) -> Option<(u64, super::viewer::Picture)> {
    let pictures = &world.seats[seat as usize - 1].viewer.slots[0].pictures;
    Some((pictures.first()?.ms, *pictures.last()?))
}

#[test]
fn thirty_who_come_within_two_seconds_of_a_key_frame_cost_no_request() {
    for seed in [71, 72, 73] {
        let (mut world, made_at) = running(seed);
        let mut dice = Dice(seed);
        let mut times: Vec<_> = (0..LATECOMERS).map(|_| 60 + dice.below(1_800)).collect();
        times.sort_unstable();
        let (asked, replayed) = (world.seat(1).browser.plis, world.room.counters().keyframes_replayed);
        let mut came = Vec::new();
        for (seat, ms) in (3..).zip(times) {
            world.run((made_at + ms).saturating_sub(world.ms));
            world.come(seat);
            world.watch(seat, &[wish(1, 150)]);
            came.push((seat, world.ms));
        }
        world.run(400);
        assert_eq!(world.seat(1).browser.plis, asked, "seed {seed}");
        assert_eq!(world.room.counters().keyframes_replayed, replayed + u64::from(LATECOMERS));
        for (seat, came_at) in came {
            let (first_ms, newest) = pictures(&world, seat).expect("sees a picture");
            assert!(first_ms <= came_at + 60, "seed {seed}: {seat} waits {} ms", first_ms - came_at);
            // What is sent now is shown now: 10 ms up, 10 ms down, the rest is the step of the test.
            assert!(newest.ms - newest.sent_ms <= 40, "seed {seed}: {seat} sees {newest:?}");
            assert_eq!(world.seats[seat as usize - 1].viewer.slots[0].plis, 0);
        }
        assert_no_faults(&world);
    }
}

#[test]
fn thirty_who_come_later_share_one_request() {
    for seed in [74, 75] {
        let (mut world, made_at) = running(seed);
        world.run(2_500 - (world.ms - made_at));
        let (asked, came_at) = (world.seat(1).browser.plis, world.ms);
        for seat in 3..3 + LATECOMERS {
            world.come(seat);
            world.watch(seat, &[wish(1, 150)]);
            world.run(5);
        }
        world.run(300);
        assert_eq!(world.seat(1).browser.plis, asked + 1, "seed {seed}");
        for seat in 3..3 + LATECOMERS {
            let (first_ms, _) = pictures(&world, seat).expect("sees a picture");
            assert!(first_ms <= came_at + 5 * u64::from(LATECOMERS) + 120, "seed {seed}: {seat}");
        }
        assert_no_faults(&world);
    }
}

#[test]
fn group_with_a_hole_that_nobody_can_fill_is_not_replayed() {
    let (mut world, made_at) = running(76);
    // Everything is lost for a moment, and what is asked for again is, too.
    world.seat(1).up.weather = lossy(100);
    world.run(200);
    world.seat(1).up.weather = CLEAN.0;
    world.run(1_000);
    assert!(world.ms < made_at + 1_900);
    world.come(3);
    world.watch(3, &[wish(1, 150)]);
    let asked = world.seat(1).browser.plis;
    world.run(400);
    assert!(world.seat(1).browser.plis > asked || seen(&world, 3, 1, 0, u64::MAX).0 > 0);
    assert!(pictures(&world, 3).is_some_and(|(_, newest)| newest.ms - newest.sent_ms <= 40));
    assert_no_faults(&world);
}

#[test]
fn who_comes_on_a_lossy_line_repairs_what_was_replayed() {
    for seed in [77, 78, 79, 80] {
        let (mut world, made_at) = running(seed);
        for seat in 3..3 + LATECOMERS {
            world.seat(seat).down.weather = Weather { loss_percent: 8, ..Weather::default() };
        }
        world.run(1_200 - (world.ms - made_at));
        for seat in 3..3 + LATECOMERS {
            world.come(seat);
            world.watch(seat, &[wish(1, 150)]);
        }
        world.run(2_000);
        // Whoever loses the very first packet has nothing to repair by, and asks.
        let kept = (3..3 + LATECOMERS).filter(|seat| seen(&world, *seat as usize, 1, 0, u64::MAX).0 >= 75);
        let kept = kept.count();
        assert!(kept * 10 >= LATECOMERS as usize * 8, "seed {seed}: {kept} of {LATECOMERS} saw the group");
        assert_no_faults(&world);
    }
}
