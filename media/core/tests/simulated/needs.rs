//! Layers stop at their sender when nobody needs them, and come back when somebody does.

use super::link::Dice;
use super::world::World;
use super::{CLEAN, assert_no_faults, lossy, seen, wish};
use media_core::stream::ids::LegKey;

/// Layers of `sender` that send packets in the next `ms`.
fn sending(world: &mut World, sender: u32, ms: u64) -> String {
    let before = world.seat(sender).browser.sent;
    world.run(ms);
    let after = world.seat(sender).browser.sent;
    (0..3).filter(|at| after[*at] > before[*at]).map(|at| ["q", "h", "f"][at]).collect()
}

/// How often the sender was told, and at which ms.
fn told(world: &World, sender: u32) -> Vec<u64> {
    let start = format!("need {sender} ");
    world.events.iter().filter(|event| event.1.starts_with(&start)).map(|event| event.0).collect()
}

#[test]
fn layers_that_nobody_needs_stop_within_two_seconds_and_return_within_one_key_frame() {
    for seed in [21, 22, 23] {
        let mut world = World::new(seed, &[CLEAN; 3]);
        world.watch(1, &[wish(2, 360)]);
        world.run(2_500);
        assert_eq!(sending(&mut world, 2, 1_000), "h", "seed {seed}");
        // Long enough that the return is no flapping.
        world.run(4_000);
        let grown_at = world.ms;
        world.watch(1, &[wish(2, 720)]);
        let (keyframes, plis) = (world.seat(2).browser.keyframes_made, world.seat(2).browser.plis);
        world.run(300);
        let first =
            world.seats[0].viewer.slots[0].pictures.iter().find(|it| it.ms > grown_at && it.layer == 2);
        assert!(first.is_some_and(|it| it.ms <= grown_at + 150), "seed {seed}: {:?}", first.map(|it| it.ms));
        let browser = &world.seat(2).browser;
        assert_eq!((browser.keyframes_made, browser.plis), (keyframes, plis), "its own key frame is enough");
        world.run(1_700);
        assert_eq!(sending(&mut world, 2, 1_000), "f", "seed {seed}");
        // Nobody looks: one layer stays for the next who does.
        world.watch(1, &[]);
        world.run(2_000);
        assert_eq!(sending(&mut world, 2, 1_000), "q", "seed {seed}");
        let came_at = world.ms;
        world.watch(3, &[wish(2, 720)]);
        world.run(1_000);
        let pictures = &world.seats[2].viewer.slots[0].pictures;
        assert!(pictures.first().is_some_and(|it| it.ms <= came_at + 250), "seed {seed}: sees at once");
        assert_eq!(pictures.last().map(|it| it.layer), Some(2));
        assert_no_faults(&world);
    }
}

#[test]
fn each_viewer_has_its_layer_and_the_sender_sends_the_union() {
    let mut world = World::new(24, &[CLEAN; 3]);
    world.watch(1, &[wish(2, 720)]);
    world.watch(3, &[wish(2, 150)]);
    world.run(3_000);
    assert_eq!(sending(&mut world, 2, 1_000), "qf");
    assert_eq!(seen(&world, 1, 2, 3_000, 4_000).1, [2]);
    assert_eq!(seen(&world, 3, 2, 3_000, 4_000).1, [0]);
    let now = world.now();
    world.room.leave(now, LegKey(1));
    world.run(2_000);
    assert_eq!(sending(&mut world, 2, 1_000), "q");
}

#[test]
fn viewer_on_a_narrow_link_gets_a_stopped_small_layer_back() {
    for seed in [25, 26] {
        let mut world = World::new(seed, &[CLEAN; 2]);
        world.watch(1, &[wish(2, 720)]);
        world.run(4_000);
        assert_eq!(sending(&mut world, 2, 1_000), "f", "seed {seed}");
        world.seat(1).down.weather.limit_bps = Some(450_000);
        world.run(6_000);
        let (pictures, layers) = seen(&world, 1, 2, 9_000, 11_000);
        assert_eq!(layers, [0], "seed {seed}");
        assert!(pictures > 40, "seed {seed}: {pictures} pictures");
        let sent = sending(&mut world, 2, 2_000);
        assert!(!sent.contains('f'), "seed {seed}: nobody can receive what is sent: {sent}");
    }
}

#[test]
fn windows_that_change_all_the_time_do_not_make_the_sender_flap() {
    for seed in [27, 28] {
        let mut world = World::new(seed, &[(lossy(2), lossy(2)); 3]);
        let mut dice = Dice(seed);
        for _ in 0..60 {
            for viewer in [1, 3] {
                world.watch(viewer, &[wish(2, [150, 340, 720][dice.below(3) as usize])]);
            }
            world.run(300 + dice.below(1_500));
        }
        let told = told(&world, 2);
        assert!(told.windows(2).all(|pair| pair[1] - pair[0] >= 250), "seed {seed}: {told:?}");
        let per_minute = told.len() as u64 * 60_000 / world.ms;
        assert!(per_minute <= 30, "seed {seed}: told {per_minute} times a minute");
        assert_no_faults(&world);
        let (pictures, _) = seen(&world, 1, 2, 1_000, world.ms);
        assert!(pictures as u64 > world.ms / 40 * 9 / 10, "seed {seed}: {pictures} pictures");
    }
}

#[test]
fn camera_that_is_switched_on_again_starts_with_every_layer() {
    let mut world = World::new(29, &[CLEAN; 2]);
    world.watch(1, &[wish(2, 360)]);
    world.run(4_000);
    world.seat(2).browser.camera_on = false;
    world.run(3_000);
    world.seat(2).browser.camera_on = true;
    assert_eq!(sending(&mut world, 2, 500), "qhf");
    world.run(2_000);
    assert_eq!(sending(&mut world, 2, 1_000), "h");
    assert_no_faults(&world);
}
