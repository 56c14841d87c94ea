//! Two people who do nothing wrong, beside a third who does: they must not notice.
//!
//! Used by `liars` (receivers) and `rogues` (senders). Participant 1 shows and speaks, 2 looks and
//! listens, both also look at one another; 3 misbehaves. All times are those of the fake clock.

use super::link::Weather;
use super::world::{World, wish};
use media_core::stream::ids::LegKey;

/// Who misbehaves.
pub const ROGUE: u32 = 3;
/// Everybody has arrived and every layer is chosen after this time.
const SETTLED_MS: u64 = 4_000;
/// Time of misbehaviour.
pub const ROGUE_MS: u64 = 8_000;
/// Pictures of a camera in a second.
const PICTURES_A_SECOND: u64 = 25;
/// From camera to viewer: two links of 10 ms, the steps of the clock and a paced picture.
const PICTURE_WITHIN_MS: u64 = 60;
const VOICE_WITHIN_MS: u64 = 40;

const USUAL: Weather = Weather { loss_percent: 0, delay_ms: 10, spread_ms: 0, limit_bps: None };

/// The meeting before anything happens; the rogue's own line carries `rogue_bps`.
pub fn settled(seed: u64, rogue_bps: Option<u64>) -> World {
    let rogue = Weather { limit_bps: rogue_bps, ..USUAL };
    let mut world = World::new(seed, &[(USUAL, USUAL), (USUAL, USUAL), (USUAL, rogue)]);
    world.seat(1).browser.voice = Some(25);
    world.watch(1, &[wish(2, 360), wish(ROGUE, 180)]);
    world.watch(2, &[wish(1, 720), wish(ROGUE, 180)]);
    world.watch(ROGUE, &[wish(1, 720), wish(2, 360)]);
    world.run(SETTLED_MS);
    world
}

/// Lets 3 do as `rogue` does, whatever its line, and asserts that the others notice nothing.
pub fn check(seed: u64, rogue_bps: Option<u64>, mut rogue: impl FnMut(&mut World)) -> World {
    let mut world = settled(seed, rogue_bps);
    let keyframes: Vec<_> = [1, 2].map(|number| world.seat(number).browser.keyframes_made).into();
    for number in [1, 2] {
        world.seat(number).viewer.slowest_voice.clear();
    }
    let from = world.ms;
    world.run_with(ROGUE_MS, &mut rogue);
    unharmed(&world, seed, from);
    for (number, before) in [1, 2].into_iter().zip(keyframes) {
        let made = world.seat(number).browser.keyframes_made - before;
        assert!(made <= 8, "seed {seed}: {number} had to make {made} key frames");
    }
    world
}

/// Since `from` each of the two got every picture and every word of the other in time.
pub fn unharmed(world: &World, seed: u64, from: u64) {
    let seconds = (world.ms - from) / 1000;
    for (viewer, sender) in [(1, 2), (2, 1)] {
        let eye = &world.seats[viewer - 1].viewer;
        let seen = eye.slots.iter().flat_map(|slot| &slot.pictures);
        let seen: Vec<_> = seen.filter(|it| it.sender == sender && it.ms >= from).collect();
        let least = (seconds * PICTURES_A_SECOND - 2) as usize;
        assert!(seen.len() >= least, "seed {seed}: {viewer} saw {} of {least} of {sender}", seen.len());
        let slowest = seen.iter().map(|it| it.ms - it.sent_ms).max().unwrap_or(0);
        assert!(slowest <= PICTURE_WITHIN_MS, "seed {seed}: {viewer} waited {slowest} ms for {sender}");
        let layers: Vec<_> = [0, 1, 2].map(|layer| seen.iter().filter(|it| it.layer == layer).count()).into();
        let wanted = if viewer == 2 { 2 } else { 1 };
        assert_eq!(layers[wanted], seen.len(), "seed {seed}: {viewer} saw layers {layers:?} of {sender}");
        // Faults of the slot that shows the rogue are the rogue's own.
        let own: Vec<_> =
            eye.slots.iter().filter(|slot| slot.pictures.iter().any(|it| it.sender == sender)).collect();
        assert!(own.iter().all(|slot| slot.faults.is_empty()), "seed {seed}: {:?}", eye.faults());
    }
    let heard = &world.seats[1].viewer.heard;
    let words = heard.iter().filter(|it| it.2 == 1 && it.0 >= from).count() as u64;
    assert!(words >= seconds * 50 - 3, "seed {seed}: 2 heard {words} packets of 1 in {seconds} s");
    let slowest = world.seats[1].viewer.slowest_voice.get(&1).copied().unwrap_or(0);
    assert!(slowest <= VOICE_WITHIN_MS, "seed {seed}: a word took {slowest} ms");
    assert_eq!(world.seats.iter().map(|seat| seat.viewer.ssrc_errors).sum::<u32>(), 0);
}

/// The key of the rogue's leg.
pub const ROGUE_LEG: LegKey = LegKey(ROGUE as u64);
